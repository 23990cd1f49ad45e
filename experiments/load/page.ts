import { STAGES } from "../../shared/bundling.ts";
import type { Page } from "../measuring/page.ts";
import { median, spread } from "../measuring/statistics.ts";
import { type Column, type Table, tableOf } from "../measuring/table.ts";
import type { aggregatedJob } from "./aggregated-job.ts";
import type { Split } from "./split.ts";
import type { WholeJob } from "./whole-job.ts";

export const REPEATS = 3;
/** Chunks down and across. */
export const JOBS: readonly (readonly [down: number, across: number])[] = [
  [25, 40],
  [100, 100],
  [250, 400],
];
/** Chunks along each side: a hundred thousand, about, and a million. */
export const SPLITS = [
  { side: 316, perMessage: "auto" },
  { side: 1000, perMessage: "auto" },
  { side: 316, perMessage: 1 },
  { side: 1000, perMessage: 1 },
] as const;
/** The splitter sends ten messages with a request, sixteen requests at a time. */
const [BATCH, IN_FLIGHT] = [10, 16];
const LATENCIES_MS = [20, 50, 100];
const LIMIT = { seconds: 900, mb: 1769 };
const PROCESSES = [...STAGES, "client"] as const;

export interface Results {
  readonly jobs: readonly WholeJob[];
  readonly splits: readonly Split[];
  readonly counted: readonly Counted[];
}

/** What the aggregators of one job asked of their store. */
type Counted = Omit<Awaited<ReturnType<typeof aggregatedJob>>, "summary"> & {
  readonly chunks: number;
  readonly environments: number;
  readonly repeated: number;
};

export function page({ jobs, splits, counted }: Results): Page {
  return {
    answer: answer({ jobs, splits }),
    about: `Jobs of many chunks. Figures are medians of ${REPEATS} runs, smallest and largest in brackets; on a machine that others use as well, CPU time says more than wall time.`,
    tables: [jobsTable(jobs), countedTable(counted), splitsTable(splits)],
  };
}

function answer({ jobs, splits }: Pick<Results, "jobs" | "splits">): string {
  const most = Math.max(...jobs.map(({ chunks }) => chunks));
  const largest = jobs.filter(({ chunks }) => chunks === most);
  const cpuMs = median(
    largest.map(({ used }) => PROCESSES.reduce((total, name) => total + used[name].cpuMs, 0) / most),
  );
  const peakMb = Math.max(...largest.flatMap(({ used }) => PROCESSES.map((name) => used[name].peakMb)));
  const million = splits.filter(({ messages }) => messages === 1_000_000);
  const share = Math.max(...secondsOnSqs(million)) / LIMIT.seconds;
  return `A job of ${figure(most)} chunks that compute nothing takes ${median(largest.map(({ wallMs }) => wallMs / 1000)).toFixed(0)} s, ${cpuMs.toFixed(2)} ms of CPU time a chunk, and no process more than ${peakMb.toFixed(0)} MB; splitting a million chunks, a message each, would take ${percent(share)} of a splitter's ${LIMIT.seconds} s at ${LATENCIES_MS.at(-1)} ms a request.`;
}

function jobsTable(jobs: readonly WholeJob[]): Table {
  const rows = JOBS.map(([down, across]) => jobs.filter(({ chunks }) => chunks === down * across));
  return tableOf(
    "A kernel that computes nothing, chunks of 2 x 2, automatic messages, engine local with two workers, the store in memory (/dev/shm): CPU time (ms) for each chunk, and peak memory (MB) of the largest process; `client` is the command line with the embedded SQS and S3",
    rows,
    [
      ["chunks", ([job]) => figure(job!.chunks)],
      ["messages", ([job]) => figure(job!.messages)],
      [
        "wall (s)",
        (same) =>
          spread(
            same.map(({ wallMs }) => wallMs / 1000),
            1,
          ),
      ],
      ...PROCESSES.map(
        (name): Column<readonly WholeJob[]> => [
          `${name} CPU`,
          (same) =>
            spread(
              same.map((job) => job.used[name].cpuMs / job.chunks),
              2,
            ),
        ],
      ),
      ...PROCESSES.map(
        (name): Column<readonly WholeJob[]> => [
          `${name} MB`,
          (same) => spread(same.map((job) => job.used[name].peakMb)),
        ],
      ),
    ],
  );
}

function countedTable(counted: readonly Counted[]): Table {
  return tableOf(
    "What the aggregator asks of its store, by counting: every chunk in a report of its own, batches of 50. Each request takes 20 ms of simulated time, a page of 1,000 keys 50 ms. Nothing here depends on the machine",
    counted,
    [
      ["chunks", ({ chunks }) => figure(chunks)],
      ["environments", ({ environments }) => environments],
      ["reported twice", ({ repeated }) => `${repeated * 100} %`],
      ["batches", ({ batches }) => figure(batches)],
      ["PUT", ({ puts }) => figure(puts)],
      ["GET", ({ gets }) => figure(gets)],
      ["LIST requests", ({ listRequests }) => figure(listRequests)],
      ["keys listed", ({ keysListed }) => figure(keysListed)],
      ["GET per chunk", ({ gets, chunks }) => (gets / chunks).toFixed(3)],
      ["keys listed per chunk", ({ keysListed, chunks }) => (keysListed / chunks).toFixed(2)],
    ],
  );
}

function splitsTable(splits: readonly Split[]): Table {
  const rows = SPLITS.map(({ side, perMessage }) =>
    splits.filter(
      ({ chunks, messages }) => chunks === side ** 2 && (messages === chunks) === (perMessage === 1),
    ),
  );
  const cpuSeconds = (same: readonly Split[]) => same.map(({ splitter }) => splitter.cpuMs / 1000);
  const peakMb = (same: readonly Split[]) => same.map(({ splitter }) => splitter.peakMb);
  return tableOf(
    `The splitter's own process against the embedded queue, and what follows for SQS: batches of ${BATCH}, ${IN_FLIGHT} requests in flight, each answered after an assumed latency; never less than its CPU time here. Lambda gives it ${LIMIT.seconds} s and ${figure(LIMIT.mb)} MB. Not measured on AWS, where TLS adds CPU time to each request`,
    rows,
    [
      ["chunks", ([split]) => figure(split!.chunks)],
      ["messages", ([split]) => figure(split!.messages)],
      [
        "wall here (s)",
        (same) =>
          spread(
            same.map(({ wallMs }) => wallMs / 1000),
            1,
          ),
      ],
      ["CPU (s)", (same) => spread(cpuSeconds(same), 1)],
      ["peak MB", (same) => spread(peakMb(same))],
      ["of its memory", (same) => percent(Math.max(...peakMb(same)) / LIMIT.mb)],
      ...LATENCIES_MS.map(
        (ms, k): Column<readonly Split[]> => [
          `on SQS at ${ms} ms (s)`,
          (same) => secondsOnSqs(same)[k]!.toFixed(0),
        ],
      ),
      ["share of its time, at most", (same) => percent(Math.max(...secondsOnSqs(same)) / LIMIT.seconds)],
    ],
  );
}

/** What sending would take on SQS by latency: requests in flight side by side, but never less than the CPU time here. */
function secondsOnSqs(same: readonly Split[]): number[] {
  const cpuSeconds = median(same.map(({ splitter }) => splitter.cpuMs / 1000));
  const requests = (same[0]?.messages ?? 0) / BATCH;
  return LATENCIES_MS.map((ms) => Math.max(cpuSeconds, (requests / IN_FLIGHT) * (ms / 1000)));
}

function figure(value: number): string {
  return value.toLocaleString("en");
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
