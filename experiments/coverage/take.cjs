// Runs before a bundle. A slot is killed, it does not exit: what it ran is written down before an answer, twice a second at most.
const { takeCoverage } = require("node:v8");

/** @typedef {(...all: unknown[]) => boolean} Send */
const send = /** @type {Send | undefined} */ (process.send);
let takenMs = Number.NEGATIVE_INFINITY;
if (send && process.env.NODE_V8_COVERAGE) {
  /** @type {Send} */
  const takeAndSend = (...all) => {
    if (performance.now() - takenMs > 500) {
      takeCoverage();
      takenMs = performance.now();
    }
    return send.apply(process, all);
  };
  process.send = takeAndSend;
}
