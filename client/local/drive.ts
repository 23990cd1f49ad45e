import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Finished } from "../../functions/aggregator/finish.ts";
import { mappingConcurrencyAt } from "../../shared/plan/mapping-ramp.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { isIdle } from "../../shared/ports/queue.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { isCancelled } from "../../shared/record/control.ts";
import { readLimit } from "../../shared/record/limit.ts";
import type { Submission } from "../../shared/record/submission.ts";
import { readSummary } from "../../shared/record/summary.ts";
import { MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { checkEvent } from "../cloud/check-event.ts";
import { InterruptedError, mountsOf, type Run, type RunResult, splitterEvent } from "../engines/engine.ts";
import { LocalEngineError } from "../engines/local-engine-error.ts";
import { EventSource } from "./event-source.ts";
import { inEvents } from "./function-events.ts";
import type { LocalCloud } from "./local-cloud.ts";
import { localInbox } from "./local-inbox.ts";
import type { Pools } from "./pools.ts";
import { queueDepth } from "./queue-depth.ts";
import { chunksIn, countChunks, reportIn } from "./seen-messages.ts";
import { settleInSilence } from "./silence.ts";

/** Fewer, larger batches cost less; the window ends early once every chunk is reported. */
const RESULT_BATCHES = { batchSize: 50, batchingWindowMs: 250 };
const DEAD_LETTER_BATCHES = { batchSize: 10, batchingWindowMs: 0 };
const UNBATCHED = { batchSize: 1, batchingWindowMs: 0 };
const DRAIN_POLL_MS = 20;
const CANCEL_POLL_MS = 500;

/** How the embedded queue delivers messages. */
export interface DeliveryOptions {
  /** Undefined: the queue keeps its order. With a seed messages are shuffled, as SQS may deliver them. */
  readonly shuffleSeed: number | undefined;
  /** After a worker died: wait for the visibility timeout, as on AWS, instead of retrying at once. */
  readonly waitOutVisibility: boolean;
  /** The longest time (ms) that a message may stay hidden before it reappears. */
  readonly longestPauseMs: number;
  /** Workers start as on AWS, instead of all at once. */
  readonly ramp: LocalRamp | undefined;
  /** Whether the job has a limit: then no more workers are at it than that has seats for. */
  readonly isLimited: boolean;
}

export interface LocalRamp {
  /** Seconds on AWS for each second here. */
  readonly acceleration: number;
  /** The number of workers that only the splitter can start. */
  readonly burstConcurrency: number;
}

/** The concurrency of AWS's mapping by the time (ms) since the first message, accelerated. */
export function acceleratedMapping(acceleration: number): (elapsedMs: number) => number {
  return (elapsedMs) => mappingConcurrencyAt((elapsedMs / 1000) * acceleration);
}

/** Invokes the splitter. The event sources do the rest until the aggregator reports that the job has ended. */
export async function drive(
  run: Run,
  { shuffleSeed, waitOutVisibility, longestPauseMs, ramp, isLimited }: DeliveryOptions,
  cloud: LocalCloud,
  pools: Pools,
  sources: EventSource[],
): Promise<RunResult> {
  const { promise: finished, resolve: onFinished, reject: onFailed } = Promise.withResolvers<Finished>();
  run.signal.addEventListener("abort", () => onFailed(new InterruptedError()));
  if (run.signal.aborted) throw new InterruptedError();
  finished.catch(() => {});
  const { sqs, queues } = cloud;
  let latest: Finished | undefined;
  const aggregator = async (event: SQSEvent) => {
    const response = (await pools.aggregator.invoke(event)) as SQSBatchResponse & {
      finished: Finished[];
      dropped: number;
    };
    if (response.dropped > 0) onFailed(new AggregatorError(join(run.folder, "logs")));
    for (const job of response.finished) {
      latest = job;
      onFinished(job);
    }
    return response;
  };
  const workByAggregator = inEvents(aggregator);

  const workByWorker = inEvents((event) => pools.worker.invoke(event));
  const begin = (source: EventSource) => {
    sources.push(source);
    source.start();
  };
  const beginWork = (most: number) =>
    begin(
      new EventSource({
        ...{ inbox: localInbox(sqs, queues.chunks), ...UNBATCHED, shuffleSeed, waitOutVisibility },
        maximumConcurrency: Math.min(most, run.workers - (ramp?.burstConcurrency ?? 0)),
        concurrencyAt: ramp && acceleratedMapping(ramp.acceleration),
        work: async (messages) => {
          const count = countChunks(messages);
          run.progress.running(count);
          try {
            return await workByWorker(messages);
          } finally {
            run.progress.running(-count);
          }
        },
      }),
    );
  let reported = 0;
  let total = Number.POSITIVE_INFINITY;
  let lastReportAt = 0;
  const flushWhenAllReported = () => reported >= total && results.flush();
  const results = new EventSource({
    ...{ inbox: localInbox(sqs, queues.results), ...RESULT_BATCHES, maximumConcurrency: 1, shuffleSeed },
    work: workByAggregator,
    onReceive: (bodies) => {
      for (const report of bodies.map(reportIn)) {
        if (!report) continue;
        run.progress.reported(report);
        reported += report.chunks.length + report.failures.filter(({ final }) => final).length;
      }
      lastReportAt = performance.now();
      flushWhenAllReported();
    },
  });
  /**
   * How often the aggregator handed each dead letter back: the dead-letter queue has no dead-letter queue of its own.
   */
  const refusals = new Map<string, number>();
  const deadLetters = new EventSource({
    ...{
      inbox: localInbox(sqs, queues.deadLetters),
      ...DEAD_LETTER_BATCHES,
      maximumConcurrency: 1,
      shuffleSeed,
    },
    onReceive: (bodies) => {
      for (const body of bodies) run.progress.buried(chunksIn(body));
    },
    work: async (messages) => {
      const handedBack = await workByAggregator(messages);
      // On AWS an operator finds such a dead letter by an alarm; here the client waits for the job and must be told.
      for (const id of handedBack) {
        refusals.set(id, (refusals.get(id) ?? 0) + 1);
        if (refusals.get(id) === MAX_RECEIVE_COUNT) onFailed(new AggregatorError(join(run.folder, "logs")));
      }
      return handedBack;
    },
  });
  const undelivered = new EventSource({
    ...{ inbox: localInbox(sqs, queues.resultDeadLetters), ...UNBATCHED, maximumConcurrency: 1 },
    work: async () => {
      onFailed(new AggregatorError(join(run.folder, "logs")));
      return new Set();
    },
  });
  if (!isLimited) beginWork(run.workers);
  for (const source of [results, deadLetters, undelivered]) begin(source);

  /** A dead letter may overtake reports of earlier attempts; the aggregator writes the summary again with each. */
  const settled = async (first: Finished): Promise<Finished> => {
    if (first.summary.state === "complete") return first;
    results.flush();
    while (!isIdle(await queueDepth(sqs, queues.results))) {
      if (run.signal.aborted) throw new InterruptedError();
      await sleep(DRAIN_POLL_MS);
    }
    return latest ?? first;
  };

  const store = new FileStore(mountsOf(run.jobId, run.folder));
  /** For a job without reports to come: a resumed job that lacks nothing, or a cancelled one. */
  const settleAtOnce = async ({ round }: Submission): Promise<Finished> => {
    const { jobId } = run;
    while (total > 0 && !isIdle(await queueDepth(sqs, queues.chunks))) await sleep(DRAIN_POLL_MS);
    await aggregator(checkEvent({ jobId, round, turn: 0 }, cloud.region));
    const summary = await readSummary(store, jobId);
    if (!summary) throw new AggregatorError(join(run.folder, "logs"));
    return latest ?? { summary, plotsMs: 0 };
  };

  await run.prepare?.(store);
  const startUp = performance.now();
  const splitting = pools.splitter.invoke(splitterEvent(run)) as Promise<Submission>;
  // The workers may finish before the splitter has answered; only Ctrl-C does not wait for it.
  const submission = await Promise.race([splitting, finished.then(() => splitting)]);
  const splitAt = performance.now();
  if (isLimited) {
    const { atOnce = run.workers } = (await readLimit(store, run.jobId)) ?? {};
    beginWork(Math.max(1, atOnce - submission.drainers));
  }
  total = submission.chunks;
  flushWhenAllReported();
  const ended = total === 0 ? settleAtOnce(submission) : finished;
  const watching = new AbortController();
  cancellation(submission, store, watching.signal)
    .then(() => settleAtOnce(submission))
    .catch(onFailed); // once the job has ended, this failure does not matter
  const { jobId } = run;
  settleInSilence(
    {
      isAtWork: () =>
        sources.some((source) => source.isBusy) || Object.values(pools).some((pool) => pool.busy > 0),
      depths: () => Promise.all(Object.values(queues).map((queue) => queueDepth(sqs, queue))),
      longestPauseMs,
      settle: () =>
        aggregator(checkEvent({ jobId, round: submission.round, turn: 0, isIdle: true }, cloud.region)),
    },
    watching.signal,
  ).catch(onFailed);
  const { summary, plotsMs } = await ended.then(settled).finally(() => watching.abort());
  const finishedAt = performance.now();
  const computedAt = Math.max(lastReportAt, splitAt);
  return {
    summary,
    phasesMs: {
      startUp,
      split: splitAt - startUp,
      compute: computedAt - splitAt,
      aggregate: finishedAt - computedAt - plotsMs,
      plots: plotsMs,
      shutDown: 0,
    },
  };
}

/**
 * Resolves once the job is cancelled, for example from another terminal: workers then drop its messages without a
 * report.
 */
async function cancellation(submission: Submission, store: StoreReader, signal: AbortSignal): Promise<void> {
  while (!(await isCancelled(store, submission))) await sleep(CANCEL_POLL_MS, undefined, { signal });
}

/** On AWS these messages raise an alarm and wait; here the caller waits for the job, so the run fails. */
class AggregatorError extends LocalEngineError {
  constructor(logs: string) {
    super(`The aggregator could not handle a report; why is in ${logs}`);
  }
}
