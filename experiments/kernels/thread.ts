/** A thread that computes its rows of a case each time it is told to. */
import { parentPort, workerData } from "node:worker_threads";
import { CASES, fastCompute, outOf, partOf, windowOf } from "./cases.ts";

const { at, thread, threads } = workerData as { at: number; thread: number; threads: number };
const whole = CASES[at];
if (!whole) throw new RangeError(`Expected a case, got ${at}`);
const part = partOf(whole, thread, threads);
const [window, out] = [windowOf(part), [outOf(part)]];

parentPort?.on("message", () => {
  fastCompute(part.kernel)(window, out);
  parentPort?.postMessage(undefined);
});
