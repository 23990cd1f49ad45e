import { aggregate, buryDeadLetter } from "../../functions/aggregator/aggregate.ts";
import { check } from "../../functions/aggregator/check.ts";
import { AggregatorSpending } from "../../functions/aggregator/spending.ts";
import type { Billing } from "../../functions/billing.ts";
import { split } from "../../functions/splitter/split.ts";
import type { Cancellations } from "../../functions/worker/cancellations.ts";
import type { ChunkThreads } from "../../functions/worker/chunk-threads.ts";
import { type WorkPorts, work } from "../../functions/worker/work.ts";
import type { Kernels, LoadedKernel } from "../../shared/kernels/loader.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { checkMessage, parseResultMessage, type ReportMessage } from "../../shared/messages/chunk-report.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import { MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { kernelsWith } from "./kernels.ts";
import { MemoryStore, steppingClock } from "./memory.ts";
import { MemoryQueue } from "./memory-queue.ts";
import { OwnAsked } from "./own-asked.ts";

/** A small job that the tests of the stages share: 5 x 5 chunks, each in a message of its own. Pictures take longer than all the rest. */
export const JOB_OF_25_CHUNKS = {
  kernel: "mandelbrot",
  grid: {
    axes: [
      { from: 1.3, to: -1.3, count: 40 },
      { from: -2.1, to: 0.7, count: 50 },
    ],
  },
  chunk: [8, 10],
  chunksPerMessage: 1,
  requestId: "j",
  output: { plots: false },
};

/** As many chunks, each of which takes some tenths of a second, whatever is proven of its points at once. */
export const HEAVY_JOB_OF_25_CHUNKS = {
  ...JOB_OF_25_CHUNKS,
  kernel: "double-pendulum",
  parameters: { duration: 500 },
  grid: {
    axes: [
      { from: 0.5, to: -0.5, count: 50 },
      { from: -0.5, to: 0.5, count: 50 },
    ],
  },
  chunk: [10, 10],
};

/** Whether that is a chunk of what such a job computes, by its key or its path below the array. */
export const isChunkOfValues = (key: string): boolean =>
  /(^|\/)(escape_time|time_to_first_flip)\/c\/\d+\/\d+$/.test(key);

/** A smaller one yet: 2 x 2 chunks. */
export const JOB_OF_4_CHUNKS = {
  ...JOB_OF_25_CHUNKS,
  grid: {
    axes: [
      { from: 1.3, to: -1.3, count: 8 },
      { from: -2.1, to: 0.7, count: 10 },
    ],
  },
  chunk: [4, 5],
};

/** The report of a chunk, stored or not. */
export function chunkReport(jobId: string, chunk: number): string {
  const worker = { requestId: `r${chunk}`, logStream: "worker-1", coldStart: false, initMs: null };
  const report = { chunk, sum: 1, min: 1, max: 1, nonFinite: 0, storedBytes: 6, times: null, tile: null };
  return JSON.stringify({ kind: "report", version: 1, jobId, worker, chunks: [report], failures: [] });
}

/** The report of one chunk that a slot computed, with its start (epoch ms) and its duration. */
export function chunkReportAt(
  chunk: number,
  logStream: string,
  startedAtMs: number,
  durationMs: number,
): ReportMessage {
  const times = { startedAtMs, durationMs, computeMs: durationMs, cpuMs: durationMs };
  const report = parseResultMessage(chunkReport("j", chunk)) as ReportMessage;
  const worker = { ...report.worker, requestId: `r${chunk}`, logStream };
  return { ...report, worker, chunks: report.chunks.map((known) => ({ ...known, times })) };
}

/** The check of a sender that knows that nothing of the job is under way. */
export const idleCheck = (jobId: string) => checkMessage({ jobId, round: 0, turn: 0, isIdle: true });

/** The three stages around queues and a store in memory; a test moves the messages. */
export class Stages {
  readonly store = new MemoryStore();
  readonly chunks = new MemoryQueue();
  readonly results = new MemoryQueue();
  readonly clock = steppingClock();
  readonly kernels: Kernels;
  /** Those of the worker; it has none by default. */
  threads: ChunkThreads | undefined;
  cancellations: Cancellations | undefined;
  /** What a job with a limit is priced by, and what the worker at work holds of it: each message has a worker of its own by default. */
  billing: Billing | undefined;
  spending: WorkPorts["spending"];
  random: WorkPorts["random"];
  /** The aggregator at work, where jobs with a limit pay for it. */
  aggregating: { readonly paying: AggregatorSpending; readonly asked: OwnAsked } | undefined;
  /** What the splitter takes them for. */
  workers = DEFAULT_WORKERS;
  invocations = 0;

  constructor(extraKernels: readonly LoadedKernel[] = []) {
    this.kernels = kernelsWith(...extraKernels);
  }

  get ports() {
    const { store, chunks, results, clock, kernels, threads, cancellations, workers } = this;
    const parts = { store, chunks, results, clock, kernels, threads, cancellations, workers };
    return { ...parts, builtIns: KERNELS, checkAfterSeconds: 15, paying: this.aggregating?.paying };
  }

  /** Another environment of the aggregator, which jobs with a limit pay for. */
  newAggregator(random: () => number = Math.random): void {
    const { store, results, clock } = this;
    const asked = new OwnAsked(store.asked);
    const paying = new AggregatorSpending({ store, results, clock, random, asked, initMs: 200 });
    this.aggregating = { paying, asked };
  }

  split(request: unknown, fallbackId = "job-1") {
    return split(request, fallbackId, { ...this.ports, billing: this.billing });
  }

  work(body: string, receiveCount = 1) {
    const requestId = `request-${++this.invocations}`;
    const worker = { requestId, logStream: "worker-1", coldStart: this.invocations === 1, initMs: 12 };
    return work(
      parseChunkMessage(body),
      { worker, receiveCount },
      { ...this.ports, spending: this.spending, random: this.random },
    );
  }

  /**
   * Delivers all chunk messages as SQS does, buries those that used up their deliveries, and then delivers the reports.
   * Returns how many deliveries of chunk messages there were.
   */
  async workOff(): Promise<number> {
    let deliveries = 0;
    const deliver = async (body: string): Promise<void> => {
      for (let receives = 1; receives <= MAX_RECEIVE_COUNT; receives++) {
        deliveries++;
        const { retry } = await this.work(body, receives);
        for (const reissued of this.chunks.take()) await deliver(reissued);
        if (!retry) return;
      }
      await this.bury(body);
    };
    for (const body of this.chunks.take()) await deliver(body);
    for (const body of this.results.take()) await this.aggregate(body);
    return deliveries;
  }

  /** Delivers one message of the result queue. */
  async aggregate(body: string) {
    const message = parseResultMessage(body);
    const action = () =>
      message.kind === "check" ? check(message, this.ports) : aggregate(message.jobId, [message], this.ports);
    const { aggregating } = this;
    return aggregating ? aggregating.asked.during(() => aggregating.paying.during(action)) : action();
  }

  bury(body: string) {
    return buryDeadLetter(parseChunkMessage(body), this.ports);
  }

  /** Works off both queues, everything once and in order. Returns the job's summary. */
  async runToEnd() {
    for (const body of this.chunks.take()) await this.work(body);
    let finished: Awaited<ReturnType<typeof this.aggregate>>;
    for (const body of this.results.take()) finished = (await this.aggregate(body)) ?? finished;
    return finished?.summary;
  }
}
