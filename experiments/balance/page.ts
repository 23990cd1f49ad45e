import { elementsIn } from "../../shared/array/layout.ts";
import type { JobSpec } from "../../shared/array/spec.ts";
import { estimateWork } from "../../shared/plan/estimate.ts";
import { packJob } from "../../shared/plan/pack.ts";
import { chunkWork } from "../../shared/plan/work-units.ts";
import type { Job } from "../../shared/record/job.ts";
import type { Page } from "../measuring/page.ts";
import { builtIn } from "../measuring/requests.ts";
import { percent, sum } from "../measuring/statistics.ts";
import { columnsFor, type Table, tableOf } from "../measuring/table.ts";
import { ALL_AT_ONCE, blocks, type Outcome, simulate } from "./model.ts";
import { drawBusy } from "./picture.ts";
import { chunkSeconds, costsIn, jobOf, RECORDED } from "./recording.ts";

export const REPEATS = 12;
const mandelbrot = builtIn("mandelbrot");
/** The recorded job as it is and from more points a side, in its own chunks and in those of `auto`. */
const SHOWN = [
  { times: 1, chunk: RECORDED.chunk },
  { times: 1, chunk: "auto" },
  { times: 4, chunk: "auto" },
  { times: 16, chunk: 400 },
] as const;
/** The one in the picture and in the answer. */
const DRAWN = 2;
const FLEETS = [4, 10, 32, 100, 1000];
const DRAWN_WORKERS = 10;
/** Fetching, acknowledging and reporting a message; stated, not measured. */
const MESSAGE_SECONDS = 0.01;

/** A job and what its chunks cost. */
interface Costed {
  readonly side: number;
  readonly job: Job;
  readonly seconds: Float64Array;
}

/** `runs` as recording.ts records them. */
export function page(runs: readonly string[]): Page {
  const recorded = chunkSeconds(runs);
  const costed = SHOWN.map(({ times, chunk }): Costed => {
    const side = RECORDED.side * times;
    const job = jobOf(side, chunk);
    return { side, job, seconds: costsIn(job, recorded, times) };
  });
  const drawn = costed[DRAWN]!;
  return {
    answer: answer(drawn),
    about: `How evenly the work of the default region (Mandelbrot, 1,000 iterations) spreads over a fleet. A chunk's cost is the kernel's time in the engine \`serial\`, the least of ${REPEATS} runs; chunks as \`auto\` cuts them are the sums of those they consist of. Only the job of ${RECORDED.side} x ${RECORDED.side} points was run; with n times the points a side, a part of the region is taken to cost n² times as much. (Its chunks are shorter than the slices in which other processes take the core, so that the least of some runs is free of them.) The fleet is simulated (\`experiments/balance/model.ts\`): all workers there from the start, whoever is free takes the next message.

- **blocks**: each worker has one contiguous block, equal to everybody's in chunks; nothing is handed out later.
- **singles**: one chunk a message, row by row.
- **packed**: as the splitter sends them: neighbours together up to about equal estimated work, the heaviest first.

Each cell has the slowest worker / mean, and the idle share of the fleet until the last worker is done. The last two columns say how many times longer than ideal the job takes if each message costs ${MESSAGE_SECONDS * 1000} ms beside its chunks (an assumption, not a measurement); ideal is the kernel's time alone, divided evenly.

Packed is less even than single chunks where messages are few: by the estimate 0.1 s of work at least goes into one, so that 64 chunks of a few milliseconds are 8 messages, too few for 10 workers. That is meant: the last columns say what single chunks cost instead, which is more than the unevenness as long as a message costs more than a few milliseconds and there are not several times as many workers as messages, where either takes a few hundredths of a second.

![Busy time of ${DRAWN_WORKERS} workers, by the way in which chunks are handed out](../pictures/balance.png)`,
    tables: [...costed.map(balanceTable), estimateTable(costed)],
    pictures: { "balance.png": () => picture(drawn) },
  };
}

function answer(drawn: Costed): string {
  const [equal, , packed] = waysOf(drawn).map(({ outcome }) => outcome(DRAWN_WORKERS, 0));
  return `With ${drawn.side} x ${drawn.side} points packed as the splitter sends them, the slowest of ${DRAWN_WORKERS} workers is busy ${packed!.slowestOverMean.toFixed(2)} times as long as the mean and the fleet idle for ${percent(packed!.idleShare)} of the time; with a block for each worker it is ${equal!.slowestOverMean.toFixed(2)} times and ${percent(equal!.idleShare)}.`;
}

function picture(drawn: Costed): Uint8Array {
  return drawBusy(
    `${drawn.side} x ${drawn.side} points, ${drawn.seconds.length} chunks, ${DRAWN_WORKERS} workers: how long each is busy`,
    waysOf(drawn).map(({ name, outcome }) => ({ name, ...outcome(DRAWN_WORKERS, 0) })),
  );
}

interface Way {
  readonly name: string;
  outcome(workers: number, messageSeconds: number): Outcome;
}

function waysOf({ job, seconds }: Costed): Way[] {
  const singles = Array.from(seconds, (_, chunk) => [chunk]);
  const packed = [...packJob(job, mandelbrot)];
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
  const [cheapest, middle, dearest] = [0, sorted.length >> 1, sorted.length - 1].map((at) =>
    milliseconds(sorted[at] ?? 0),
  );
  const messages = [...packJob(job, mandelbrot)].length;
  const ways = waysOf(costs);
  return tableOf(
    `${side} x ${side} points, ${seconds.length} chunks of ${job.spec.chunkShape.join(" x ")}, packed into ${messages} messages. In all ${sum(seconds).toFixed(1)} s; a chunk takes ${cheapest} to ${dearest} ms, half of them less than ${middle}`,
    FLEETS,
    {
      workers: (workers) => workers,
      ...columnsFor(
        ways,
        ({ name }) => name,
        (workers: number, { outcome }) => {
          const { slowestOverMean, idleShare } = outcome(workers, 0);
          return `${slowestOverMean.toFixed(2)}, ${percent(idleShare)}`;
        },
      ),
      ...columnsFor(
        ways.slice(1),
        ({ name }) => `${name}, times ideal`,
        (workers: number, { outcome }) => outcome(workers, MESSAGE_SECONDS).timesIdeal.toFixed(2),
      ),
    },
  );
}

/** Two digits that mean something. */
function milliseconds(seconds: number): string {
  return String(Number((1000 * seconds).toPrecision(2)));
}

/** How near the splitter's guess came, and at what rate the kernel works. */
function estimateTable(all: readonly Costed[]): Table {
  const rows = all.map((costs) => ({ ...costs, work: kernelWork(costs.job.spec) }));
  return tableOf("The estimate against the recorded costs", rows, {
    points: ({ side }) => `${side} x ${side}`,
    chunks: ({ seconds }) => seconds.length,
    correlation: ({ work, seconds }) => correlation(work, seconds).toFixed(3),
    "millions of units of work a second": ({ work, seconds }) => (sum(work) / sum(seconds) / 1e6).toFixed(0),
  });
}

/** The estimate without what encoding and storing add. */
function kernelWork(spec: JobSpec): Float64Array {
  return estimateWork(spec, mandelbrot).map((units) => units - chunkWork(elementsIn(spec.chunkShape), 0));
}

function correlation(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [sum(a) / a.length, sum(b) / b.length];
  const covariance = (x: Float64Array, meanX: number, y: Float64Array, meanY: number) =>
    sum(x.map((value, k) => (value - meanX) * (y[k]! - meanY)));
  return (
    covariance(a, meanA, b, meanB) /
    Math.sqrt(covariance(a, meanA, a, meanA) * covariance(b, meanB, b, meanB))
  );
}
