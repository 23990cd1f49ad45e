import { packJob } from "../../functions/splitter/pack.ts";
import { gridOf } from "../../shared/chunks.ts";
import { BYTES_PER_ELEMENT, type Kernel } from "../../shared/kernels/kernel.ts";
import { mandelbrot } from "../../shared/kernels/mandelbrot.ts";
import { ALL_AT_ONCE, simulate } from "../balance/model.ts";
import { chunkSeconds, costsIn, jobOf, RECORDED } from "../balance/recording.ts";
import type { Page } from "../measuring/page.ts";
import { sum } from "../measuring/statistics.ts";
import { type Column, type Table, tableOf } from "../measuring/table.ts";

/** The job of experiments/balance/results.json, from more points a side. */
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

/** A job in square chunks of one size. */
interface Shape {
  readonly chunk: number;
  readonly isAuto: boolean;
  readonly chunks: number;
  readonly messages: number;
  readonly dearestSeconds: number;
  /** By fleet, in the order of FLEETS. */
  readonly makespanSeconds: readonly number[];
  readonly putsUsd: number;
  readonly workersUsd: number;
}

/** `runs` as experiments/balance records them. */
export function page(runs: readonly string[]): Page {
  const recorded = chunkSeconds(runs);
  const jobs = JOBS.flatMap(({ times, sides }) =>
    DEARER.map((dearer) => {
      const costs = recorded.map((seconds) => seconds * dearer);
      return { times, dearer, costs, shapes: sides.map((chunk) => shapeOf(times, chunk, costs)) };
    }),
  );
  return {
    answer: answer(RECORDED.side * JOBS[1].times, jobs.find(({ times }) => times === JOBS[1].times)!.shapes),
    about: `Chunks of several sizes, for the default region of Mandelbrot at 1,000 iterations: how long (ms) a fleet takes that is there from the start, and what is paid. The recorded costs and the simulation are those of \`experiments/balance\`, the messages as the splitter packs them; a chunk is taken to cost ${1000 * CHUNK_SECONDS} ms beside its kernel and a message ${1000 * MESSAGE_SECONDS} ms (assumptions). The row in bold is what \`auto\` chooses.

A PUT costs as much as ${(PUT_USD / WORKER_SECOND_USD).toFixed(2)} s of a worker, so that smaller chunks are paid for many times over. What a thousand workers would gain by them is less than half a second, and two or ten workers lose. Where there is more to do, as many chunks as a thousand workers need are there by themselves: \`auto\` cuts 32,000 x 32,000 points into ${gridOf(jobOf(32_000, "auto").spec).total}.

The last table has what \`auto\` makes of the same region under rising iteration limits, which decide what an element could cost and hardly what it does.`,
    tables: [...jobs.map(shapesTable), limitsTable()],
  };
}

/** The chunks of `auto` against the smallest. */
function answer(side: number, shapes: readonly Shape[]): string {
  const [auto, small] = [shapes.find(({ isAuto }) => isAuto)!, shapes.at(-1)!];
  const gainMs = 1000 * (auto.makespanSeconds.at(-1)! - small.makespanSeconds.at(-1)!);
  const paid = (small.putsUsd + small.workersUsd) / (auto.putsUsd + auto.workersUsd);
  return `Of ${side} x ${side} points chunks of ${small.chunk} x ${small.chunk} instead of ${auto.chunk} x ${auto.chunk}, which \`auto\` chooses, would gain ${FLEETS.at(-1)!.toLocaleString("en")} workers ${gainMs.toFixed(0)} ms and cost ${paid.toFixed(0)} times as much (simulated).`;
}

/** `costs` are those of the recorded job. */
function shapeOf(times: number, chunk: number, costs: Float64Array): Shape {
  const side = RECORDED.side * times;
  const job = jobOf(side, chunk);
  const seconds = costsIn(job, costs, times);
  const withOverhead = seconds.map((each) => each + CHUNK_SECONDS);
  const messages = [...packJob(job, mandelbrot as Kernel)];
  const paidSeconds = sum(withOverhead) + messages.length * MESSAGE_SECONDS;
  return {
    ...{ chunk, isAuto: chunk === jobOf(side, "auto").spec.chunkShape[0] },
    ...{ chunks: seconds.length, messages: messages.length, dearestSeconds: Math.max(...seconds) },
    makespanSeconds: FLEETS.map((workers) => {
      const fleet = { workers, ramp: ALL_AT_ONCE, messageSeconds: MESSAGE_SECONDS };
      return simulate(withOverhead, messages, fleet).makespanSeconds;
    }),
    ...{ putsUsd: seconds.length * PUT_USD, workersUsd: paidSeconds * WORKER_SECOND_USD },
  };
}

function shapesTable({
  times,
  dearer,
  costs,
  shapes,
}: {
  readonly times: number;
  readonly dearer: number;
  readonly costs: Float64Array;
  readonly shapes: readonly Shape[];
}): Table {
  const side = RECORDED.side * times;
  return tableOf(
    `${side} x ${side} points, in all ${(sum(costs) * times ** 2).toFixed(1)} s of kernel${dearer > 1 ? " (each element takes five times as long)" : ""}`,
    shapes,
    [
      ["chunk", ({ chunk, isAuto }) => (isAuto ? `**${chunk} x ${chunk}**` : `${chunk} x ${chunk}`)],
      ["chunks", ({ chunks }) => chunks],
      ["messages", ({ messages }) => messages],
      ["dearest chunk (ms)", ({ dearestSeconds }) => (1000 * dearestSeconds).toFixed(0)],
      ...FLEETS.map(
        (workers, k): Column<Shape> => [
          `${workers} workers`,
          ({ makespanSeconds }) => (1000 * makespanSeconds[k]!).toFixed(0),
        ],
      ),
      ["PUTs (USD)", ({ putsUsd }) => putsUsd.toFixed(5)],
      ["workers (USD)", ({ workersUsd }) => workersUsd.toFixed(5)],
    ],
  );
}

function limitsTable(): Table {
  const rows = LIMITS.map((maxIterations) => {
    const { spec } = jobOf(4000, "auto", { maxIterations });
    return { maxIterations, spec, ...gridOf(spec) };
  });
  return tableOf("4000 x 4000 points", rows, [
    ["limit", ({ maxIterations }) => maxIterations],
    ["chunk", ({ spec }) => spec.chunkShape.join(" x ")],
    ["chunks", ({ total }) => total],
    [
      "bytes a chunk",
      ({ chunkRows, chunkColumns, spec }) => chunkRows * chunkColumns * BYTES_PER_ELEMENT[spec.dtype],
    ],
    ["PUTs (USD)", ({ total }) => (total * PUT_USD).toFixed(5)],
  ]);
}
