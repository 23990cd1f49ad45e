/** Node worker threads without a queue: they share one array and one counter, each takes the next row. */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { axes, escapeTime, now, tell } from "./loop.js";

if (isMainThread) await main();
else serve(workerData);

async function main() {
  const [command, number] = [process.argv[2], Number(process.argv[3])];
  const size = command === "noop" ? 2 : number;
  const { y, x } = axes(size);
  const result = new Uint16Array(new SharedArrayBuffer(2 * y.length * x.length));
  const nextRow = new Int32Array(new SharedArrayBuffer(4));
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(import.meta.filename, { workerData: { y, x, result, nextRow } }),
  );
  await Promise.all(workers.map((worker) => once(worker, "message")));
  const ready = now();
  if (command === "noop") await sendEmptyTasks(workers, number);
  else {
    for (const worker of workers) worker.postMessage("rows");
    await Promise.all(workers.map((worker) => once(worker, "message")));
  }
  tell(ready, now(), command === "noop" ? undefined : result);
  await Promise.all(workers.map((worker) => worker.terminate()));
}

/** A message and an answer each, to the workers in turn. @param {Worker[]} workers @param {number} count */
async function sendEmptyTasks(workers, count) {
  await new Promise((resolve) => {
    let answers = 0;
    for (const worker of workers) {
      worker.on("message", () => {
        if (++answers === count) resolve(undefined);
      });
    }
    for (let task = 0; task < count; task++) workers[task % workers.length]?.postMessage("noop");
  });
}

/** @param {{ y: Float64Array, x: Float64Array, result: Uint16Array, nextRow: Int32Array }} job */
function serve({ y, x, result, nextRow }) {
  parentPort?.on("message", (task) => {
    if (task === "rows") {
      for (let row = Atomics.add(nextRow, 0, 1); row < y.length; row = Atomics.add(nextRow, 0, 1)) {
        let at = row * x.length;
        for (const cr of x) result[at++] = escapeTime(cr, y[row] ?? 0);
      }
    }
    parentPort?.postMessage("done");
  });
  parentPort?.postMessage("ready");
}
