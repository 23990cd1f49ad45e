/** What larger and smaller chunks than those of `auto` would make of a job, by simulation with recorded costs. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { elementsIn, layoutOf } from "../../shared/array/layout.ts";
import { BYTES_PER_ELEMENT, type Kernel } from "../../shared/kernels/kernel.ts";
import { mandelbrot } from "../../shared/kernels/mandelbrot.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { packJob } from "../../shared/plan/pack.ts";
import { resolveJob } from "../../shared/plan/resolve-job.ts";
import { ALL_AT_ONCE, simulate } from "../balance/model.ts";
import { asLargerChunks, chunkSeconds, requestOf } from "../balance/recording.ts";
import { origin, publish, type Table } from "../report.ts";

/** The job of experiments/balance/results.json, from more points a side. */
const RECORDED = { side: 2000, chunk: 25 } as const;
const JOBS = [
  { times: 2, sides: [1000, 500, 250, 200, 100] },
  { times: 4, sides: [1000, 500, 400, 200, 100] },
] as const;
/** The fast twins' costs, and those of a kernel that takes five times as long for the same work, as a plain one about does. */
const DEARER = [1, 5] as const;
const LIMITS = [1000, 10_000, 100_000, 1_000_000];
const FLEETS = [2, 10, 100, 1000] as const;
/** Assumptions: encoding, signing and reporting a chunk; a message's fetch, its last PUT (S3 takes 20 ms) and its report. */
const CHUNK_SECONDS = 0.001;
const MESSAGE_SECONDS = 0.03;
/** us-east-1: https://aws.amazon.com/s3/pricing, https://aws.amazon.com/lambda/pricing (arm64, 1,769 MB). */
const PUT_USD = 5e-6;
const WORKER_SECOND_USD = 1.33334e-5 * (1769 / 1024);

const { results } = JSON.parse(readFileSync(join(import.meta.dirname, "../balance/results.json"), "utf8"));
const recorded = chunkSeconds(results);
const tables = [
  ...JOBS.flatMap(({ times, sides }) => DEARER.map((dearer) => tableOf(times, sides, dearer))),
  limitsTable(),
];
publish(
  "chunk-shapes",
  `Chunks of several sizes, for the default region of Mandelbrot at 1,000 iterations: how long (ms) a fleet takes that is there from the start, and what is paid. The recorded costs and the simulation are those of \`experiments/balance\`, the messages as the splitter packs them; a chunk is taken to cost ${1000 * CHUNK_SECONDS} ms beside its kernel and a message ${1000 * MESSAGE_SECONDS} ms (assumptions). The row in bold is what \`auto\` chooses.

A PUT costs as much as ${(PUT_USD / WORKER_SECOND_USD).toFixed(2)} s of a worker, so that smaller chunks are paid for many times over. What a thousand workers would gain by them is less than half a second, and two or ten workers lose. Where there is more to do, as many chunks as a thousand workers need are there by themselves: \`auto\` cuts 32,000 x 32,000 points into ${layoutOf(resolveJob(requestOf(32_000, "auto"), "shapes", KERNELS).spec).total}.

The last table has what \`auto\` makes of the same region under rising iteration limits, which decide what an element could cost and hardly what it does.`,
  origin("node experiments/chunk-shapes/run.ts"),
  tables.map(({ title, rows }) => ({ title, rows })),
  tables,
);

function limitsTable(): Table {
  return {
    title: "4000 x 4000 points",
    columns: ["limit", "chunk", "chunks", "bytes a chunk", "PUTs (USD)"],
    rows: LIMITS.map((maxIterations) => {
      const request = { ...requestOf(4000, "auto"), parameters: { maxIterations } };
      const { spec } = resolveJob(request, "shapes", KERNELS);
      const { total, chunkShape } = layoutOf(spec);
      return [
        maxIterations,
        spec.chunkShape.join(" x "),
        total,
        elementsIn(chunkShape) * BYTES_PER_ELEMENT[spec.dtype],
        (total * PUT_USD).toFixed(5),
      ];
    }),
  };
}

function tableOf(times: number, sides: readonly number[], dearer: number): Table {
  const side = RECORDED.side * times;
  const jobOf = (chunk: number) => resolveJob(requestOf(side, [chunk, chunk]), "shapes", KERNELS);
  const parts = layoutOf(jobOf(RECORDED.chunk * times).spec);
  const costs = recorded.map((seconds) => seconds * times ** 2 * dearer);
  const auto = resolveJob(requestOf(side, "auto"), "shapes", KERNELS).spec.chunkShape[0];
  const total = costs.reduce((sum, seconds) => sum + seconds, 0);
  return {
    title: `${side} x ${side} points, in all ${total.toFixed(1)} s of kernel${dearer > 1 ? " (each element takes five times as long)" : ""}`,
    columns: [
      "chunk",
      "chunks",
      "messages",
      "dearest chunk (ms)",
      ...FLEETS.map((n) => `${n} workers`),
      "PUTs (USD)",
      "workers (USD)",
    ],
    rows: sides.map((chunk) => {
      const job = jobOf(chunk);
      const seconds = asLargerChunks(costs, parts, layoutOf(job.spec));
      const messages = [...packJob(job, mandelbrot as Kernel)];
      const makespans = FLEETS.map((workers) => {
        const fleet = { workers, ramp: ALL_AT_ONCE, messageSeconds: MESSAGE_SECONDS };
        return simulate(
          seconds.map((each) => each + CHUNK_SECONDS),
          messages,
          fleet,
        ).makespanSeconds;
      });
      const paid = total + seconds.length * CHUNK_SECONDS + messages.length * MESSAGE_SECONDS;
      const name = `${chunk} x ${chunk}`;
      return [
        chunk === auto ? `**${name}**` : name,
        seconds.length,
        messages.length,
        (1000 * Math.max(...seconds)).toFixed(0),
        ...makespans.map((makespan) => (1000 * makespan).toFixed(0)),
        (seconds.length * PUT_USD).toFixed(5),
        (paid * WORKER_SECOND_USD).toFixed(5),
      ];
    }),
  };
}
