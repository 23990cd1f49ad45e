import { aggregate, buryDeadLetter } from "../../functions/aggregator/aggregate.ts";
import { check } from "../../functions/aggregator/check.ts";
import type { Finished } from "../../functions/aggregator/finish.ts";
import type { AggregatePorts } from "../../functions/aggregator/ports.ts";
import { MOST_REISSUES } from "../../functions/aggregator/reissue.ts";
import { split } from "../../functions/splitter/split.ts";
import type { Kernels } from "../../shared/kernels/loader.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { type ChunkMessage, parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import {
  parseResultMessage,
  REPORT_VERSION,
  type ReportMessage,
} from "../../shared/messages/chunk-report.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import type { MeasuredQueue } from "../../shared/ports/queue.ts";
import { readSummary } from "../../shared/record/summary.ts";
import { MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { MissingObjectError } from "../../shared/validation/errors.ts";
import { InterruptedError, mountsOf, type Run, type RunResult } from "../engines/engine.ts";
import { keepPeaks } from "../engines/kept-peaks.ts";
import type { Delivered } from "./deliver.ts";

const REPORTS_PER_SEGMENT = 64;
const IDLE = { kind: "check", version: REPORT_VERSION, turn: 0, isIdle: true } as const;

/**
 * A run without queues: the splitter's messages are worked on as it sends them, at most `lanes` at a time, and
 * reports are kept in batches, in this process. `stop` ends deliveries that are under way. The clock is the deliveries' own. Store, stages and layout are those of every other engine.
 */
export async function runInline(
  run: Run,
  lanes: number,
  ports: InlinePorts,
  deliver: Deliver,
  stop = async () => {},
): Promise<RunResult> {
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const interrupt = () => reject(new InterruptedError());
  run.signal.addEventListener("abort", interrupt);
  const executing = execute(run, lanes, ports, deliver);
  try {
    return await Promise.race([executing, interrupted]);
  } finally {
    run.signal.removeEventListener("abort", interrupt);
    await stop();
    // The folder is given back next: what is under way may write no more by then.
    await executing.catch(() => {});
  }
}

interface InlinePorts {
  readonly clock: Clock;
  readonly kernels: Kernels;
}

type Deliver = (message: ChunkMessage, receiveCount: number) => Promise<Delivered>;

async function execute(
  run: Run,
  lanes: number,
  { clock, kernels }: InlinePorts,
  deliver: Deliver,
): Promise<RunResult> {
  const startUp = performance.now();
  const pending: ReportMessage[] = [];
  let finished: Finished | undefined;
  let aggregateMs = 0;
  let computeMs = 0;
  let messages = 0;

  // Checks are for queues that lose things: no delivery is lost in one process, and nothing is sent here.
  const nothing = async () => ({ waiting: 0, inFlight: 0, delayed: 0 });
  const results: MeasuredQueue = { send: async () => 0, depth: nothing };
  const chunks: MeasuredQueue = {
    send: (bodies) => workOff(bodies),
    depth: nothing,
  };
  const ports: AggregatePorts & InlinePorts = {
    ...{ results, chunks, clock, kernels, builtIns: KERNELS, checkAfterSeconds: 0 },
    store: new FileStore(mountsOf(run.jobId, run.folder)),
  };

  const aggregating = async (action: () => Promise<Finished | undefined>) => {
    const started = performance.now();
    finished = (await action()) ?? finished;
    aggregateMs += performance.now() - started;
  };
  const keep = async (reports: readonly string[], atLeast: number) => {
    for (const body of reports) {
      const message = parseResultMessage(body);
      if (message.kind !== "report") continue;
      pending.push(message);
      run.progress.reported(message);
    }
    if (pending.length > 0 && pending.length >= atLeast)
      await aggregating(() => aggregate(run.jobId, pending.splice(0), ports));
  };

  const attempt = async (message: ChunkMessage): Promise<void> => {
    for (let receiveCount = 1; ; receiveCount++) {
      if (run.signal.aborted) throw new InterruptedError();
      const { reports, reissued, retry } = await deliver(message, receiveCount);
      await keep(reports, REPORTS_PER_SEGMENT);
      for (const body of reissued) await attempt(parseChunkMessage(body));
      if (!retry) return;
      if (receiveCount === MAX_RECEIVE_COUNT) {
        run.progress.buried(message.chunks);
        return aggregating(() => buryDeadLetter(message, ports));
      }
    }
  };
  const workOff = async (bodies: Iterable<string>): Promise<number> => {
    const started = performance.now();
    const waiting = bodies[Symbol.iterator]();
    let count = 0;
    const lane = async () => {
      for (let next = waiting.next(); !next.done; next = waiting.next()) {
        count++;
        const message = parseChunkMessage(next.value);
        run.progress.running(message.chunks.length);
        await attempt(message);
        run.progress.running(-message.chunks.length);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    computeMs = performance.now() - started - aggregateMs;
    messages += count;
    return count;
  };

  await run.prepare?.(ports.store);
  const { round } = await split(run.request, run.jobId, ports);
  const splitMs = performance.now() - startUp - computeMs - aggregateMs;
  await keep([], 1);
  // A job that was cancelled meanwhile, or that lacked nothing when it was resumed, had no last report. One whose stored
  // chunk turned out to be corrupt, or was removed, goes on with that.
  let summary = finished?.summary;
  for (let looks = 0; !summary && looks <= MOST_REISSUES + 1; looks++) {
    await aggregating(() => check({ ...IDLE, jobId: run.jobId, round }, ports));
    await keep([], 1);
    const latest = finished?.summary ?? (await readSummary(ports.store, run.jobId));
    if (latest?.round === round) summary = latest;
  }
  if (!summary) throw new MissingObjectError(jobKeys(run.jobId).summary);
  const plotsMs = finished?.plotsMs ?? 0;
  if (messages > 0) await keepPeaks(run);
  return {
    summary,
    phasesMs: {
      startUp,
      split: splitMs,
      compute: computeMs,
      aggregate: aggregateMs - plotsMs,
      plots: plotsMs,
      shutDown: 0,
    },
  };
}
