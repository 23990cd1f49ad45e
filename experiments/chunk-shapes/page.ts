import { elementsIn, layoutOf } from "../../shared/array/layout.ts";
import { cellBytes } from "../../shared/array/spec.ts";
import { packJob } from "../../shared/plan/pack.ts";
import { ALL_AT_ONCE, simulate } from "../balance/model.ts";
import { chunkSeconds, costsIn, jobOf, RECORDED } from "../balance/recording.ts";
import type { Page } from "../measuring/page.ts";
import { builtIn } from "../measuring/requests.ts";
import { grouped, sum } from "../measuring/statistics.ts";
import { columnsFor, type Table, tableOf } from "../measuring/table.ts";

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

/** `runs` as experiments/balance records them. */
export function page(runs: readonly string[]): Page {
  const recorded = chunkSeconds(runs);
  const shapesOf = ({ times, sides }: (typeof JOBS)[number], dearer: number) =>
    sides.map((chunk) => shapeOf(times, chunk, dearer, recorded));
  return {
    answer: answer(shapesOf(JOBS[1], 1)),
    about: `Chunks of several sizes, for the default region of Mandelbrot at 1,000 iterations: how long (ms) a fleet takes that is there from the start, and what is paid. The recorded costs and the simulation are those of \`experiments/balance\`, the messages as the splitter packs them; a chunk is taken to cost ${1000 * CHUNK_SECONDS} ms beside its kernel and a message ${1000 * MESSAGE_SECONDS} ms (assumptions). The row in bold is what \`auto\` chooses.

A PUT costs as much as ${(PUT_USD / WORKER_SECOND_USD).toFixed(2)} s of a worker, so that smaller chunks are paid for many times over. What a thousand workers would gain by them is less than half a second, and two or ten workers lose. Where there is more to do, as many chunks as a thousand workers need are there by themselves: \`auto\` cuts 32,000 x 32,000 points into ${layoutOf(jobOf(32_000, "auto").spec).total}.

The last table has what \`auto\` makes of the same region under rising iteration limits, which decide what an element could cost and hardly what it does.`,
    tables: [
      ...JOBS.flatMap((job) => DEARER.map((dearer) => shapesTable(shapesOf(job, dearer), dearer))),
      limitsTable(),
    ],
  };
}

/** The chunks of `auto` against the smallest. */
function answer(shapes: readonly Shape[]): string {
  const [auto, small] = [shapes.find(({ isAuto }) => isAuto)!, shapes.at(-1)!];
  const gainMs = auto.makespansMs.at(-1)! - small.makespansMs.at(-1)!;
  const paid = (small.putsUsd + small.workersUsd) / (auto.putsUsd + auto.workersUsd);
  return `Of ${auto.side} x ${auto.side} points chunks of ${small.chunk} x ${small.chunk} instead of ${auto.chunk} x ${auto.chunk}, which \`auto\` chooses, would gain ${grouped(FLEETS[3])} workers ${gainMs.toFixed(0)} ms and cost ${paid.toFixed(0)} times as much (simulated).`;
}

type Shape = ReturnType<typeof shapeOf>;

/** The job from `times` as many points a side in square chunks, each of which costs `dearer` times what was recorded. */
function shapeOf(times: number, chunk: number, dearer: number, recorded: Float64Array) {
  const side = RECORDED.side * times;
  const job = jobOf(side, chunk);
  const seconds = costsIn(job, recorded, times).map((each) => each * dearer);
  const withOverhead = seconds.map((each) => each + CHUNK_SECONDS);
  const messages = [...packJob(job, builtIn("mandelbrot"))];
  const paidSeconds = sum(withOverhead) + messages.length * MESSAGE_SECONDS;
  const makespan = (workers: number) =>
    simulate(withOverhead, messages, { workers, ramp: ALL_AT_ONCE, messageSeconds: MESSAGE_SECONDS })
      .makespanSeconds;
  return {
    ...{ side, chunk, isAuto: chunk === jobOf(side, "auto").spec.chunkShape[0] },
    ...{ chunks: seconds.length, messages: messages.length },
    ...{ kernelSeconds: sum(seconds), dearestSeconds: Math.max(...seconds) },
    /** By fleet, in the order of FLEETS. */
    makespansMs: FLEETS.map((workers) => 1000 * makespan(workers)),
    ...{ putsUsd: seconds.length * PUT_USD, workersUsd: paidSeconds * WORKER_SECOND_USD },
  };
}

function shapesTable(shapes: readonly Shape[], dearer: number): Table {
  const { side, kernelSeconds } = shapes[0]!;
  return tableOf(
    `${side} x ${side} points, in all ${kernelSeconds.toFixed(1)} s of kernel${dearer > 1 ? " (each element takes five times as long)" : ""}`,
    shapes,
    {
      chunk: ({ chunk, isAuto }) => (isAuto ? `**${chunk} x ${chunk}**` : `${chunk} x ${chunk}`),
      chunks: ({ chunks }) => chunks,
      messages: ({ messages }) => messages,
      "dearest chunk (ms)": ({ dearestSeconds }) => (1000 * dearestSeconds).toFixed(0),
      ...columnsFor(
        FLEETS,
        (workers) => `${workers} workers`,
        ({ makespansMs }: Shape, workers) => makespansMs[FLEETS.indexOf(workers)]!.toFixed(0),
      ),
      "PUTs (USD)": ({ putsUsd }) => putsUsd.toFixed(5),
      "workers (USD)": ({ workersUsd }) => workersUsd.toFixed(5),
    },
  );
}

function limitsTable(): Table {
  const rows = LIMITS.map((maxIterations) => {
    const { spec } = jobOf(4000, "auto", { maxIterations });
    return { maxIterations, spec, total: layoutOf(spec).total };
  });
  return tableOf("4000 x 4000 points", rows, {
    limit: ({ maxIterations }) => maxIterations,
    chunk: ({ spec }) => spec.chunkShape.join(" x "),
    chunks: ({ total }) => total,
    "bytes a chunk": ({ spec }) => elementsIn(spec.chunkShape) * cellBytes(spec),
    "PUTs (USD)": ({ total }) => (total * PUT_USD).toFixed(5),
  });
}
