import type { Page } from "../measuring/page.ts";
import { medianOf, spreadOf } from "../measuring/statistics.ts";
import { tableOf } from "../measuring/table.ts";
import type { LargeJob } from "./large-job.ts";

/** Points a side. The array grows 256-fold here, its chunks and its bands of rows less. */
export const SIDES = [1000, 4000, 16_000];
/** A worker's memory setting decides whether it has threads. */
export const MEMORY_MB = { one: 1769, two: 3538 } as const;
export const REPEATS = 3;

const PROCESSES = ["splitter", "worker", "aggregator", "client"] as const;

export function page(jobs: readonly LargeJob[]): Page {
  type Same = readonly LargeJob[];
  const peak = (name: (typeof PROCESSES)[number]) => (same: Same) =>
    spreadOf(same, ({ peakMb }) => peakMb[name]);
  const ofWorkers = (mb: number) => (same: Same) =>
    peak("worker")(same.filter(({ workerMb }) => workerMb === mb));
  return {
    answer: answer(jobs),
    about: `Peak resident memory of each stage's largest process on the local engine, Mandelbrot at 1,000 iterations with all that a job can make (pictures, the large surface and \`result.npy\`), automatic chunks, two workers, in MB: median of ${REPEATS} runs, for what has nothing to do with a worker's threads of ${2 * REPEATS}, smallest and largest in brackets. \`client\` is the process of the command line, which holds the embedded SQS and S3 here, a new one for each run. A worker with two vCPUs computes in two threads, once they pay. No stage holds the array, but what they hold grows with it up to a bound: chunks, of which automatic ones have up to 2 MiB and none more than 64 MiB, and, for \`result.npy\`, a band of rows, one row of chunks high and at most 256 MiB.`,
    tables: [
      tableOf(
        "Peak memory (MB)",
        SIDES.map((side) => jobs.filter((job) => job.side === side)),
        {
          array: ([job]) => `${job!.side} x ${job!.side}`,
          "as bytes (MB)": ([job]) => job!.arrayMb,
          chunks: ([job]) => job!.chunks,
          splitter: peak("splitter"),
          worker: ofWorkers(MEMORY_MB.one),
          "worker, 2 vCPUs": ofWorkers(MEMORY_MB.two),
          aggregator: peak("aggregator"),
          client: peak("client"),
        },
      ),
    ],
  };
}

function answer(jobs: readonly LargeJob[]): string {
  const largest = jobs.filter(({ side }) => side === SIDES.at(-1));
  const { side, arrayMb } = largest[0]!;
  const peaks = PROCESSES.map((name) => ({ name, mb: medianOf(largest, ({ peakMb }) => peakMb[name]) }));
  const most = peaks.reduce((a, b) => (b.mb > a.mb ? b : a));
  const mostEver = Math.max(...jobs.flatMap(({ peakMb }) => Object.values(peakMb)));
  return `Of a job of ${side} x ${side} points, an array of ${arrayMb} MB, the largest process is the ${most.name}'s with ${most.mb.toFixed(0)} MB (median); no process of any run had more than ${mostEver.toFixed(0)} MB.`;
}
