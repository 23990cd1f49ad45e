/** Serves the page of a job whose reports come evenly, and says what that took. As a program: `served-job.ts <chunks> <seconds> <workers>`. */
import { setTimeout as sleep } from "node:timers/promises";
import { jobOf } from "../../cli/request/new-job.ts";
import { LivePage } from "../../client/watch/live-page.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { bytesOf } from "../../shared/array/zarr-array.ts";
import type { ReportMessage } from "../../shared/messages/chunk-report.ts";
import { type Used, usedHere } from "../measuring/processes.ts";

/** Cells along each side of the array, about: all of them are in reports. */
const CELLS = 1000;
const STEP_MS = 20;

/** The last line that the program prints. */
export type Served = Used & { readonly chunks: number };

const [chunks = 0, seconds = 0, workers = 1] = process.argv.slice(2).map(Number);
const side = Math.ceil(Math.sqrt(chunks));
const cells = Math.floor(CELLS / side);
const [points, chunk] = [`${side * cells}x${side * cells}`, `${cells}x${cells}`];
const { job } = await jobOf("mandelbrot", { points, chunk, inputs: {}, jobId: "watched" });
const layout = layoutOf(job.spec);
const submittedAtMs = Date.now();
const page = new LivePage({ ...job, submittedAtMs }, "threads", (error) => {
  throw error;
});
const address = await page.address;
console.log(address?.url);
await sleep(3000); // the browser comes
const before = process.cpuUsage();
const beganMs = performance.now();
for (let sent = 0; sent < layout.total; ) {
  await sleep(STEP_MS);
  const due = Math.min(
    layout.total,
    Math.ceil(((performance.now() - beganMs) / 1000 / seconds) * layout.total),
  );
  for (; sent < due; sent++) page.hears.reported?.(reportOf(sent));
}
await page.end("complete", undefined, { patienceMs: 10_000 });
page.close();
console.log(JSON.stringify({ ...usedHere(before), chunks: layout.total } satisfies Served));

/** Of the chunk that comes in this place, spread over the array, with cells that look like something. */
function reportOf(place: number): ReportMessage {
  const chunk = (place * 7919) % layout.total;
  const { from, shape } = layout.chunk(chunk);
  const cells = Uint16Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => {
    const [row, column] = [from[0]! + Math.floor(k / shape[1]!), from[1]! + (k % shape[1]!)];
    return Math.round(500 + 400 * Math.sin(row / 70) * Math.cos(column / 90));
  });
  const durationMs = ((1000 * seconds * workers) / layout.total) * 0.9;
  const startedAtMs = submittedAtMs + 3000 + performance.now() - beganMs - durationMs;
  const lane = place % workers;
  return {
    ...{ kind: "report", version: 1, jobId: job.jobId, round: 0 },
    worker: { requestId: `r${lane}`, logStream: `worker-${lane}`, coldStart: false, initMs: null },
    chunks: [
      {
        ...{ chunk, sum: 0, min: 0, max: 0, nonFinite: 0, storedBytes: 8 },
        times: { startedAtMs, durationMs, computeMs: durationMs, cpuMs: durationMs },
        tile: Buffer.from(bytesOf(cells)).toString("base64"),
      },
    ],
    failures: [],
  };
}
