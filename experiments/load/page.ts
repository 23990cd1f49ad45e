import { STAGES } from "../../shared/build/bundling.ts";
import type { Page } from "../measuring/page.ts";
import { grouped, medianOf, percent, spreadOf, sum } from "../measuring/statistics.ts";
import { columnsFor, type Table, tableOf } from "../measuring/table.ts";
import type { Results } from "./run.ts";
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
  const seconds = medianOf(largest, ({ wallMs }) => wallMs / 1000);
  const cpuMs = medianOf(largest, ({ used }) => sum(PROCESSES.map((name) => used[name].cpuMs)) / most);
  const peakMb = Math.max(...largest.flatMap(({ used }) => PROCESSES.map((name) => used[name].peakMb)));
  const million = splits.filter(({ messages }) => messages === 1_000_000);
  return `A job of ${grouped(most)} chunks that compute nothing takes ${seconds.toFixed(0)} s, ${cpuMs.toFixed(2)} ms of CPU time a chunk, and no process more than ${peakMb.toFixed(0)} MB; splitting a million chunks, a message each, would take ${shareOfTime(million)} of a splitter's ${LIMIT.seconds} s at ${LATENCIES_MS.at(-1)} ms a request.`;
}

function jobsTable(jobs: readonly WholeJob[]): Table {
  type Same = readonly WholeJob[];
  return tableOf(
    "A kernel that computes nothing, chunks of 2 x 2, automatic messages, engine local with two workers, the store in memory (/dev/shm): CPU time (ms) for each chunk, and peak memory (MB) of the largest process; `client` is the command line with the embedded SQS and S3",
    JOBS.map(([down, across]) => jobs.filter(({ chunks }) => chunks === down * across)),
    {
      chunks: ([job]) => grouped(job!.chunks),
      messages: ([job]) => grouped(job!.messages),
      "wall (s)": (same) => spreadOf(same, ({ wallMs }) => wallMs / 1000, 1),
      ...columnsFor(
        PROCESSES,
        (name) => `${name} CPU`,
        (same: Same, name) => spreadOf(same, ({ used, chunks }) => used[name].cpuMs / chunks, 2),
      ),
      ...columnsFor(
        PROCESSES,
        (name) => `${name} MB`,
        (same: Same, name) => spreadOf(same, ({ used }) => used[name].peakMb),
      ),
    },
  );
}

function countedTable(counted: Results["counted"]): Table {
  return tableOf(
    "What the aggregator asks of its store, by counting: every chunk in a report of its own, batches of 50. Each request takes 20 ms of simulated time, a page of 1,000 keys 50 ms. Nothing here depends on the machine",
    counted,
    {
      chunks: ({ chunks }) => grouped(chunks),
      environments: ({ environments }) => environments,
      "reported twice": ({ repeated }) => `${repeated * 100} %`,
      batches: ({ batches }) => grouped(batches),
      PUT: ({ puts }) => grouped(puts),
      GET: ({ gets }) => grouped(gets),
      "LIST requests": ({ listRequests }) => grouped(listRequests),
      "keys listed": ({ keysListed }) => grouped(keysListed),
      "GET per chunk": ({ gets, chunks }) => (gets / chunks).toFixed(3),
      "keys listed per chunk": ({ keysListed, chunks }) => (keysListed / chunks).toFixed(2),
    },
  );
}

function splitsTable(splits: readonly Split[]): Table {
  return tableOf(
    `The splitter's own process against the embedded queue, and what follows for SQS: batches of ${BATCH}, ${IN_FLIGHT} requests in flight, each answered after an assumed latency; never less than its CPU time here. Lambda gives it ${LIMIT.seconds} s and ${grouped(LIMIT.mb)} MB. Not measured on AWS, where TLS adds CPU time to each request`,
    SPLITS.map(({ side, perMessage }) =>
      splits.filter(
        ({ chunks, messages }) => chunks === side ** 2 && (messages === chunks) === (perMessage === 1),
      ),
    ),
    {
      chunks: ([split]) => grouped(split!.chunks),
      messages: ([split]) => grouped(split!.messages),
      "wall here (s)": (same) => spreadOf(same, ({ wallMs }) => wallMs / 1000, 1),
      "CPU (s)": (same) => spreadOf(same, cpuSeconds, 1),
      "peak MB": (same) => spreadOf(same, ({ splitter }) => splitter.peakMb),
      "of its memory": (same) => percent(Math.max(...same.map(({ splitter }) => splitter.peakMb)) / LIMIT.mb),
      ...columnsFor(
        LATENCIES_MS,
        (ms) => `on SQS at ${ms} ms (s)`,
        (same: readonly Split[], ms) => secondsOnSqs(same, ms).toFixed(0),
      ),
      "share of its time, at most": shareOfTime,
    },
  );
}

const cpuSeconds = ({ splitter }: Split) => splitter.cpuMs / 1000;

/** What sending would take: requests in flight side by side, but never less than the CPU time here. */
function secondsOnSqs(same: readonly Split[], latencyMs: number): number {
  const requests = (same[0]?.messages ?? 0) / BATCH;
  return Math.max(medianOf(same, cpuSeconds), (requests / IN_FLIGHT) * (latencyMs / 1000));
}

function shareOfTime(same: readonly Split[]): string {
  return percent(Math.max(...LATENCIES_MS.map((ms) => secondsOnSqs(same, ms))) / LIMIT.seconds);
}
