/** Records what chunks cost and shows what each way of handing them out makes of it. `--recorded` only shows. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { elementsIn, layoutOf } from "../../shared/array/layout.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import type { Kernel } from "../../shared/kernels/kernel.ts";
import { mandelbrot } from "../../shared/kernels/mandelbrot.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { estimateWork } from "../../shared/plan/estimate.ts";
import { packJob } from "../../shared/plan/pack.ts";
import { resolveJob } from "../../shared/plan/resolve-job.ts";
import { chunkWork } from "../../shared/plan/work.ts";
import type { Job } from "../../shared/record/job.ts";
import { origin, publish, type Table } from "../report.ts";
import { ALL_AT_ONCE, blocks, type Outcome, simulate } from "./model.ts";
import { drawBusy } from "./picture.ts";
import { asLargerChunks, type Cut, chunkSeconds, record, requestOf } from "./recording.ts";

const RECORDED = { side: 2000, chunk: [25, 25] } as const;
const REPEATS = 12;
/** The recorded job as it is and from more points a side, in its own chunks and in those of `auto`. */
const SHOWN = [
  { times: 1, chunk: [25, 25] },
  { times: 1, chunk: "auto" },
  { times: 4, chunk: "auto" },
  { times: 16, chunk: [400, 400] },
] as const;
/** The one in the picture. */
const DRAWN = 2;
const FLEETS = [4, 10, 32, 100, 1000];
const DRAWN_WORKERS = 10;
/** Fetching, acknowledging and reporting a message; stated, not measured. */
const MESSAGE_SECONDS = 0.01;
const ROOT = join(import.meta.dirname, "../..");

/** A job and what its chunks cost. */
interface Costed {
  readonly side: number;
  readonly job: Job;
  readonly seconds: Float64Array;
}

const { from, results } = process.argv.includes("--recorded") ? readRecorded() : await recordRuns();
const recorded = chunkSeconds(results);
const costed = SHOWN.map(({ times, chunk }) => costedJob(times, chunk));
const pictured = costed[DRAWN] as Costed;

writeFileSync(
  join(ROOT, "docs/pictures/balance.png"),
  drawBusy(
    `${pictured.side} x ${pictured.side} points, ${pictured.seconds.length} chunks, ${DRAWN_WORKERS} workers: how long each is busy`,
    waysOf(pictured).map(({ name, outcome }) => ({ name, ...outcome(DRAWN_WORKERS, 0) })),
  ),
);
publish(
  "balance",
  `How evenly the work of the default region (Mandelbrot, 1,000 iterations) spreads over a fleet. A chunk's cost is the kernel's time in the engine \`serial\`, the least of ${REPEATS} runs; chunks as \`auto\` cuts them are the sums of those they consist of. Only the job of ${RECORDED.side} x ${RECORDED.side} points was run; with n times the points a side, a part of the region is taken to cost n² times as much. (Its chunks are shorter than the slices in which other processes take the core, so that the least of some runs is free of them.) The fleet is simulated (\`experiments/balance/model.ts\`): all workers there from the start, whoever is free takes the next message.

- **blocks**: each worker has one contiguous block, equal to everybody's in chunks; nothing is handed out later.
- **singles**: one chunk a message, row by row.
- **packed**: as the splitter sends them: neighbours together up to about equal estimated work, the heaviest first.

Each cell has the slowest worker / mean, and the idle share of the fleet until the last worker is done. The last two columns say how many times longer than ideal the job takes if each message costs ${MESSAGE_SECONDS * 1000} ms beside its chunks (an assumption, not a measurement); ideal is the kernel's time alone, divided evenly.

Packed is less even than single chunks where messages are few: by the estimate 0.1 s of work at least goes into one, so that 64 chunks of a few milliseconds are 8 messages, too few for 10 workers. That is meant: the last columns say what single chunks cost instead, which is more than the unevenness as long as a message costs more than a few milliseconds and there are not several times as many workers as messages, where either takes a few hundredths of a second.

![Busy time of ${DRAWN_WORKERS} workers, by the way in which chunks are handed out](../pictures/balance.png)`,
  from,
  results,
  [...costed.map(balanceTable), estimateTable(costed)],
);

async function recordRuns() {
  const runs: string[] = [];
  for (let repeat = 1; repeat <= REPEATS; repeat++) {
    runs.push(await record(requestOf(RECORDED.side, RECORDED.chunk)));
    console.error(`run ${repeat} of ${REPEATS}`);
  }
  return { from: origin("node experiments/balance/run.ts"), results: runs };
}

function readRecorded(): { from: ReturnType<typeof origin>; results: string[] } {
  return JSON.parse(readFileSync(join(import.meta.dirname, "results.json"), "utf8"));
}

/** A chunk of a job from `times` as many points a side costs what its part of the region does, times² as much. */
function costedJob(times: number, chunk: Cut): Costed {
  const side = RECORDED.side * times;
  const jobOf = (cut: Cut) => resolveJob(requestOf(side, cut), "balance", KERNELS);
  const parts = layoutOf(jobOf(RECORDED.chunk.map((length) => length * times)).spec);
  const job = jobOf(chunk);
  const seconds = recorded.map((each) => each * times ** 2);
  return { side, job, seconds: asLargerChunks(seconds, parts, layoutOf(job.spec)) };
}

interface Way {
  readonly name: string;
  outcome(workers: number, messageSeconds: number): Outcome;
}

function waysOf({ job, seconds }: Costed): Way[] {
  const singles = Array.from(seconds, (_, chunk) => [chunk]);
  const packed = [...packJob(job, mandelbrot as Kernel)];
  const way = (name: string, messages: (workers: number) => number[][]): Way => ({
    name,
    outcome: (workers, messageSeconds) =>
      simulate(seconds, messages(workers), { workers, ramp: ALL_AT_ONCE, messageSeconds }),
  });
  return [
    way("blocks", (workers) => blocks(seconds.length, workers)),
    way("singles", () => singles),
    way("packed", () => packed),
  ];
}

function balanceTable(costs: Costed): Table {
  const { side, job, seconds } = costs;
  const sorted = seconds.toSorted();
  const total = sorted.reduce((sum, each) => sum + each, 0);
  const [cheapest, middle, dearest] = [0, sorted.length >> 1, sorted.length - 1].map((at) =>
    milliseconds(sorted[at] ?? 0),
  );
  const messages = [...packJob(job, mandelbrot as Kernel)].length;
  const ways = waysOf(costs);
  const handedOut = ways.filter(({ name }) => name !== "blocks");
  return {
    title: `${side} x ${side} points, ${seconds.length} chunks of ${job.spec.chunkShape.join(" x ")}, packed into ${messages} messages. In all ${total.toFixed(1)} s; a chunk takes ${cheapest} to ${dearest} ms, half of them less than ${middle}`,
    columns: [
      "workers",
      ...ways.map(({ name }) => name),
      ...handedOut.map(({ name }) => `${name}, times ideal`),
    ],
    rows: FLEETS.map((workers) => [
      workers,
      ...ways.map(({ outcome }) => {
        const { slowestOverMean, idleShare } = outcome(workers, 0);
        return `${slowestOverMean.toFixed(2)}, ${(100 * idleShare).toFixed(0)} %`;
      }),
      ...handedOut.map(({ outcome }) => outcome(workers, MESSAGE_SECONDS).timesIdeal.toFixed(2)),
    ]),
  };
}

/** Two digits that mean something. */
function milliseconds(seconds: number): string {
  return String(Number((1000 * seconds).toPrecision(2)));
}

/** How near the splitter's guess came, and at what rate the kernel works. */
function estimateTable(all: readonly Costed[]): Table {
  return {
    title: "The estimate against the recorded costs",
    columns: ["points", "chunks", "correlation", "millions of units of work a second"],
    rows: all.map(({ side, job, seconds }) => {
      const work = kernelWork(job.spec);
      const total = (values: Float64Array) => values.reduce((sum, each) => sum + each, 0);
      return [
        `${side} x ${side}`,
        seconds.length,
        correlation(work, seconds).toFixed(3),
        (total(work) / total(seconds) / 1e6).toFixed(0),
      ];
    }),
  };
}

/** The estimate without what encoding and storing add. */
function kernelWork(spec: JobSpec): Float64Array {
  return estimateWork(spec, mandelbrot as Kernel).map(
    (units) => units - chunkWork(elementsIn(spec.chunkShape), 0),
  );
}

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = (x: Float64Array, meanX: number, y: Float64Array, meanY: number) =>
    x.reduce((sum, value, k) => sum + (value - meanX) * ((y[k] ?? 0) - meanY), 0);
  return (
    covariance(a, meanA, b, meanB) /
    Math.sqrt(covariance(a, meanA, a, meanA) * covariance(b, meanB, b, meanB))
  );
}
