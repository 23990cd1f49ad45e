/** Draws docs/pictures/filling.svg anew, from a job that it runs: `node tools/site/draw-filling.ts`. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../api/index.ts";
import type { ReportMessage } from "../../shared/messages/chunk-report.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { listSegments, readSegments } from "../../shared/record/segments.ts";
import { type FillingChunk, fillingSvg } from "./filling.ts";

const PICTURE = join(import.meta.dirname, "../../docs/pictures/filling.svg");
const WORKERS = 4;
const SIDE = 320;
const CHUNK = 32;

const folder = mkdtempSync(join(tmpdir(), "manyhands-filling-"));
try {
  const { jobId, array, summary } = await run(
    "double-pendulum",
    { duration: 20 },
    {
      engine: "local",
      workers: WORKERS,
      points: [SIDE, SIDE],
      chunk: [CHUNK, CHUNK],
      out: join(folder, "job"),
    },
  );
  const times = await timesOf(jobId, summary.chunks.total);
  const chunks: FillingChunk[] = [];
  for await (const { chunk, from, shape } of array) {
    const [row = 0, column = 0] = from;
    const [rows = 0, columns = 0] = shape;
    chunks.push({ from: [row, column], shape: [rows, columns], ...times.get(chunk)! });
  }
  const svg = fillingSvg({
    ...{ cells: await array.toTypedArray(), shape: [SIDE, SIDE], chunks },
    title: `double-pendulum ${SIDE} x ${SIDE} on ${summary.workers} workers, ${(summary.makespanMs / 1000).toFixed(1)} s`,
  });
  writeFileSync(PICTURE, svg);
  console.log(`${PICTURE}: ${svg.length} bytes, ${chunks.length} chunks on ${summary.workers} workers`);
} finally {
  rmSync(folder, { recursive: true });
}
// The embedded cloud's connections stay open for a while.
process.exit();

async function timesOf(jobId: string, total: number) {
  const store = new FileStore({ [`jobs/${jobId}/`]: join(folder, "job") });
  const lanes = new Map<string, number>();
  const times = new Map<number, Pick<FillingChunk, "startMs" | "endMs" | "lane">>();
  const report = ({ worker, chunks }: ReportMessage) => {
    if (!lanes.has(worker.logStream)) lanes.set(worker.logStream, lanes.size);
    for (const { chunk, times: spent } of chunks) {
      if (!spent) throw new Error(`Expected times of every chunk, got none of ${chunk}.`);
      const startMs = spent.startedAtMs;
      times.set(chunk, { startMs, endMs: startMs + spent.durationMs, lane: lanes.get(worker.logStream)! });
    }
  };
  await readSegments(store, jobId, await listSegments(store, jobId, total), { report, failure: () => {} });
  return times;
}
