import { layoutOf } from "../../shared/array/layout.ts";
import { isMap } from "../../shared/array/spec.ts";
import type { Kernels } from "../../shared/kernels/loader.ts";
import { type ChunkMessage, chunkMessage, errorMark } from "../../shared/messages/chunk-message.ts";
import {
  type AttemptFailure,
  type ChunkReport,
  type ReportMessage,
  reportMessages,
} from "../../shared/messages/chunk-report.ts";
import { checkSpec, loadKernel } from "../../shared/plan/check-spec.ts";
import { isUnusableObject } from "../../shared/ports/aws/refused-read.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import type { Outbox } from "../../shared/ports/queue.ts";
import type { Store } from "../../shared/ports/store.ts";
import type { ChunkOf } from "../../shared/record/array-keys.ts";
import { findChunk, putChunk, reportChunk, type StoredChunk } from "../../shared/record/stored-chunk.ts";
import { describeError, IntegrityError, isPermanent, KernelError } from "../../shared/validation/errors.ts";
import { Cancellations } from "./cancellations.ts";
import type { ChunkThreads } from "./chunk-threads.ts";
import { bytesOf, type ComputedChunk, computeChunk, settle } from "./compute.ts";
import { Jobs } from "./jobs.ts";
import { mapShard } from "./shard.ts";
import { StoresInFlight } from "./stores-in-flight.ts";

export interface WorkPorts {
  readonly store: Store;
  readonly chunks: Outbox;
  readonly results: Outbox;
  readonly clock: Clock;
  readonly kernels: Kernels;
  /** The jobs that the environment has read; without it job.json is read for each message. */
  readonly jobs?: Jobs | undefined;
  /** Absent where there is one vCPU: then, and until they pay, the caller's thread computes one chunk after the other. */
  readonly threads?: ChunkThreads | undefined;
  /** What the environment knows of jobs that were cancelled; without it the store is asked for each message. */
  readonly cancellations?: Cancellations | undefined;
  /** Aborted where the run is interrupted; absent where the process is ended instead. */
  readonly signal?: AbortSignal | undefined;
  /** How long the worker has; absent where it has no limit. */
  readonly remainingMs?: (() => number) | undefined;
}

/** One delivery of a chunk message to one execution environment. */
export interface Delivery {
  readonly worker: ReportMessage["worker"];
  /** 1 for the first delivery, as SQS counts. */
  readonly receiveCount: number;
}

/** What became of each chunk of the message. */
export interface WorkOutcome {
  readonly computed: number[];
  /** Stored by an earlier attempt: verified and reported, not computed again. */
  readonly found: number[];
  /** Sent again, each in a message of its own; what failed in a way that is likely to recur, with the mark of its error. */
  readonly reissued: number[];
  readonly failures: AttemptFailure[];
  /** True where the job was cancelled: nothing was looked at, and the message is done with. */
  readonly cancelled: boolean;
  /** True where the message must be delivered again. */
  readonly retry: boolean;
}

/** Chunks that are looked up in the store at the same time. */
const LOOKS_AT_ONCE = 4;

/**
 * Computes, stores and then reports the message's chunks, in this order (while one is stored the next is computed), so
 * that an acknowledged message means stored chunks and a sent report. A chunk that fails is reported as a failed
 * attempt and costs the others nothing. What its kernel threw, or an object in its place that is no chunk, it will meet
 * wherever it is computed: the message that asks for it again says so, and the same error then is final. Throws where the report itself cannot be sent.
 */
export async function work(
  message: ChunkMessage,
  delivery: Delivery,
  ports: WorkPorts,
): Promise<WorkOutcome> {
  const redelivered = delivery.receiveCount > 1;
  const mayBeStored = redelivered || message.again;
  const reports: ChunkReport[] = [];
  const outcome = { computed: [] as number[], found: [] as number[], reissued: [] as number[] };
  const failures: AttemptFailure[] = [];
  // If the store cannot be asked the worker goes on: jobs that are not cancelled must not suffer.
  const { cancellations = new Cancellations(ports.store, ports.clock) } = ports;
  if (await cancellations.include(message).catch(() => false))
    return { ...outcome, failures, cancelled: true, retry: false };
  const marks = new Map<number, string>();
  const fail = (chunk: number, error: unknown) => {
    const description = describeError(error);
    const mark = isLikelyToRecur(error) ? errorMark(description) : undefined;
    const isKnown = mark !== undefined && mark === message.failed;
    // Only the first such error goes into a message: whatever a kernel throws in turn, the attempts come to an end.
    if (mark !== undefined && message.failed === undefined) marks.set(chunk, mark);
    failures.push({
      chunk,
      error: description,
      final: isKnown || isPermanent(error),
      disputed: error instanceof IntegrityError,
      attempt: delivery.receiveCount + (message.failed === undefined ? 0 : 1),
      failedAtMs: ports.clock.epochMs(),
      requestId: delivery.worker.requestId,
      logStream: delivery.worker.logStream,
    });
  };

  const stored = await (ports.jobs ?? new Jobs(ports.store)).jobOf(message);
  // A job that was deleted wants nothing any more.
  if (!stored) return { ...outcome, failures, cancelled: true, retry: false };
  // A message may ask for another version of the kernel than the job began with: a user forced it.
  const isForced = message.kernel !== undefined && message.kernel !== stored.spec.hash;
  const job = isForced ? { ...stored, spec: { ...stored.spec, hash: message.kernel } } : stored;
  const { spec } = job;
  const kernel = loadKernel({ name: spec.kernel, hash: spec.hash }, ports.kernels);
  kernel.catch(() => {}); // each chunk's failure, below
  const waiting: number[] = [];
  const lookUp = async (chunk: number) => {
    try {
      checkSpec(spec, await kernel);
      layoutOf(spec).chunk(chunk);
      const found = mayBeStored ? await findChunk(ports.store, job, chunk) : undefined;
      if (found && !isTriedAgain(found, message)) {
        reports.push(reportChunk(job, chunk, found, null));
        outcome.found.push(chunk);
      } else if (redelivered && message.chunks.length > 1) {
        // Whatever broke the first delivery may be one chunk's fault: alone, it can only break itself.
        outcome.reissued.push(chunk);
      } else {
        waiting.push(chunk);
      }
    } catch (error) {
      fail(chunk, error);
    }
  };
  await inLanes(message.chunks, mayBeStored ? LOOKS_AT_ONCE : 1, lookUp);

  /** Shards that have items left, for which there was no time. */
  const goingOn: number[] = [];
  const stores = new StoresInFlight(ports.threads?.size);
  let next = 0;
  const lane = async (threads?: ChunkThreads) => {
    // One list for all lanes: a free lane takes the next chunk.
    while (next < waiting.length) {
      const isShareable = waiting.length - next > 1 && !isMap(spec);
      if (!threads && isShareable && ports.threads?.pay(message.estimatedMs)) return;
      const chunk = waiting[next++]!;
      try {
        if (isMap(spec)) {
          const isCancelled = () => cancellations.include(message).catch(() => false);
          const mapped = await mapShard(job, chunk, await kernel, message, { ...ports, isCancelled });
          if (mapped) reports.push(mapped);
          (mapped ? outcome.computed : goingOn).push(chunk);
          continue;
        }
        const computed = threads
          ? await threads.compute(job, chunk)
          : computeChunk(job, chunk, await kernel, ports.clock);
        if (!threads) await settle(await kernel);
        if (!threads && isShareable) ports.threads?.missed(computed.times.computeMs);
        const store = async () => {
          try {
            reports.push(await storeChunk(job, computed, ports));
            outcome.computed.push(chunk);
          } catch (error) {
            fail(chunk, error);
          }
        };
        await stores.add(bytesOf(computed.encoded), store());
      } catch (error) {
        fail(chunk, error);
      }
    }
  };
  await lane();
  // What is left is for the threads: one lane more, so that each finds its next chunk waiting while its last one is stored.
  const { threads } = ports;
  if (threads) await Promise.all(Array.from({ length: threads.size + 1 }, () => lane(threads)));
  await stores.all();

  // If the message comes again for another chunk's sake, it brings these as well.
  const comesAgain = failures.some(({ chunk, final }) => !final && !marks.has(chunk));
  const marked = comesAgain ? [] : [...marks];
  const bodies = outcome.reissued.map((chunk) => chunkMessage(message, [chunk]));
  for (const [chunk, failed] of marked) {
    bodies.push(chunkMessage({ ...message, again: true }, [chunk], { failed }));
    outcome.reissued.push(chunk);
  }
  for (const chunk of goingOn) {
    bodies.push(chunkMessage({ ...message, again: true }, [chunk]));
    outcome.reissued.push(chunk);
  }
  await ports.chunks.send(bodies);
  const inOrder = reports.sort((a, b) => a.chunk - b.chunk);
  await ports.results.send(
    reportMessages(
      { jobId: message.jobId, round: message.round, worker: delivery.worker },
      inOrder,
      failures,
    ),
  );
  return { ...outcome, failures, cancelled: false, retry: comesAgain };
}

/** A resumption tries the items of a shard again that failed in an earlier round. */
function isTriedAgain({ tally }: StoredChunk, { round }: ChunkMessage): boolean {
  return tally !== undefined && tally.failed > 0 && tally.round < round;
}

/** True for what lies in the chunk itself, and not in the worker, the network or the hour. */
function isLikelyToRecur(error: unknown): boolean {
  return error instanceof KernelError || isUnusableObject(error);
}

/** The report of a chunk after its confirmed PUT. */
async function storeChunk(
  job: ChunkOf,
  { encoded, report, times: { elapsedMs, ...times } }: ComputedChunk,
  { store, clock }: WorkPorts,
): Promise<ChunkReport> {
  const startedMs = clock.monotonicMs();
  const storedBytes = await putChunk(store, job, report.chunk, encoded);
  return {
    ...report,
    storedBytes,
    times: { ...times, durationMs: elapsedMs + clock.monotonicMs() - startedMs },
  };
}
