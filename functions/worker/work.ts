import { layoutOf } from "../../shared/array/layout.ts";
import { isMap } from "../../shared/array/spec.ts";
import type { Kernels, LoadedKernel } from "../../shared/kernels/loader.ts";
import type { ChunkMessage } from "../../shared/messages/chunk-message.ts";
import { type AttemptFailure, reportMessages } from "../../shared/messages/chunk-report.ts";
import { checkSpec, loadKernel } from "../../shared/plan/check-spec.ts";
import { waitSeconds } from "../../shared/plan/waits.ts";
import { NOTHING_ASKED } from "../../shared/ports/aws/asked.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import type { Outbox } from "../../shared/ports/queue.ts";
import { putJson, type Store } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { Lacking } from "../../shared/record/lacking.ts";
import { findChunk, reportChunk, type StoredChunk } from "../../shared/record/stored-chunk.ts";
import { MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { asOwn, InvalidInputError, LackingKernelError } from "../../shared/validation/errors.ts";
import type { Reports } from "../together.ts";
import type { Apart } from "./apart.ts";
import { Attempt, type Delivery } from "./attempt.ts";
import { Cancellations } from "./cancellations.ts";
import type { ChunkThreads } from "./chunk-threads.ts";
import { computeChunks } from "./compute-chunks.ts";
import { Jobs } from "./jobs.ts";
import { mapShards } from "./map-shards.ts";
import { sentAgain, waitingMessage } from "./sent-again.ts";
import { Spending } from "./spending.ts";

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
  /** Loads, with the first one, where uploaded kernels compute. */
  readonly apart?: (() => Apart) | undefined;
  /** What the environment knows of jobs that were cancelled; without it the store is asked for each message. */
  readonly cancellations?: Cancellations | undefined;
  /**
   * The other workers of the queue, with whom a message may end that names a kernel which this one lacks: `alike` where only a deployment
   * under way can make them differ, `unlike` where they may for good. Absent where there are none.
   */
  readonly others?: "alike" | "unlike" | undefined;
  /** What the environment holds of jobs with a limit; without it each message counts as an invocation of its own. */
  readonly spending?: Pick<Spending, "begins" | "allows"> | undefined;
  /** In [0, 1). */
  readonly random?: (() => number) | undefined;
  /** Takes the reports, which are sent later; without it they are sent before the message is done. */
  readonly reports?: Pick<Reports, "add"> | undefined;
  /** Aborted where the run is interrupted; absent where the process is ended instead. */
  readonly signal?: AbortSignal | undefined;
  /** How long the worker has; absent where it has no limit. */
  readonly remainingMs?: (() => number) | undefined;
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
  /** True where the job's limit has no seat for this worker: the message was sent again, for others. */
  readonly waits?: boolean;
  /** True where the message must be delivered again. */
  readonly retry: boolean;
}

/** Chunks that are looked up in the store at the same time. */
const LOOKS_AT_ONCE = 4;

/**
 * Computes, stores and then reports the message's chunks, in this order (while one is stored the next is computed), so
 * that an acknowledged message means stored chunks and a sent report. A chunk that fails is reported as a failed
 * attempt and costs the others nothing. What its kernel threw, or an object in its place that is no chunk, it will meet
 * wherever it is computed: the message that asks for it again says so, and the same error then is final. Throws where the report itself cannot be sent, and LackingKernelError,
 * before anything else, where a worker that has the kernel may take the message.
 */
export async function work(
  message: ChunkMessage,
  delivery: Delivery,
  ports: WorkPorts,
): Promise<WorkOutcome> {
  const { random = Math.random } = ports;
  const spending = ports.spending ?? new Spending({ ...ports, random, asked: NOTHING_ASKED });
  spending.begins();
  const { cancellations = new Cancellations(ports.store, ports.clock) } = ports;
  // If the store cannot be asked the worker goes on: jobs that are not cancelled must not suffer.
  const isCancelled = () => cancellations.include(message).catch(() => false);
  if (await isCancelled()) return cancelledOutcome();
  const stored = await (ports.jobs ?? new Jobs(ports.store)).jobOf(message);
  // A job that was deleted wants nothing any more.
  if (!stored) return cancelledOutcome();
  const allowed = await spending.allows(message, stored, delivery.receiveCount);
  if (allowed === "never") return cancelledOutcome();
  if (allowed === "later") {
    const delaySeconds = waitSeconds(message.waited, random());
    await ports.chunks.send([waitingMessage(message, delivery)], { delaySeconds });
    return { ...cancelledOutcome(), cancelled: false, waits: true };
  }
  // A message may ask for another version of the kernel than the job began with: a user forced it.
  const { kernel: hash = stored.spec.hash } = message;
  const isForced = hash !== stored.spec.hash;
  const uploaded = message.uploaded ?? (isForced ? undefined : stored.uploaded);
  const job = isForced ? { ...stored, spec: { ...stored.spec, hash } } : stored;
  const named = { name: job.spec.kernel, hash, uploaded, declaration: job.declaration };
  const kernel = isPython(job) ? refusePython(named.name) : loadKernel(named, ports.kernels);
  // What others could not do either becomes each chunk's failure.
  await kernel.catch((error: unknown) => leaveToOthers(error, message, delivery, ports));

  const attempt = new Attempt(message, delivery, ports.clock);
  const waiting = await notYetStored(job, kernel, message, ports.store, attempt);
  const { upload } = waiting.length > 0 ? await kernel : {};
  const apart = upload && ports.apart?.();
  const { remainingMs = () => Number.POSITIVE_INFINITY } = ports;
  if (isMap(job.spec)) {
    const mapping = async () => (apart ? apart.mapping(await kernel, upload, remainingMs) : kernel);
    await mapShards(waiting, job, mapping, message, { ...ports, isCancelled }, attempt);
  } else if (apart) await apart.compute(waiting, job, upload, { ...ports, isForced, remainingMs }, attempt);
  else await computeChunks(waiting, job, kernel, message, { ...ports, isForced }, attempt);

  const again = sentAgain(message, attempt);
  await ports.chunks.send(again.bodies);
  const { computed, found, failures, mustComeAgain } = attempt;
  const inOrder = attempt.reports.sort((a, b) => a.chunk - b.chunk);
  const from = { jobId: message.jobId, round: message.round, worker: delivery.worker };
  if (ports.reports) ports.reports.add(from, inOrder, failures);
  else await ports.results.send(reportMessages(from, inOrder, failures));
  return { computed, found, reissued: again.chunks, failures, cancelled: false, retry: mustComeAgain };
}

/** Also where its declaration is kept here, or it could be fetched as if it were JavaScript. */
const isPython = ({ declaration }: StoredJob) => declaration?.language === "python";

async function refusePython(name: string): Promise<never> {
  throw new InvalidInputError("kernel", "one that workers of Node compute", `${name}, a file of Python`);
}

/**
 * Throws LackingKernelError where that is why, and a worker that has the kernel may get the message. Workers that are alike have had the
 * time of a deployment by the last delivery, which says what is wrong. Those that are unlike may also differ in which kernels they take.
 */
async function leaveToOthers(
  thrown: unknown,
  { jobId, handedOn }: ChunkMessage,
  { worker, receiveCount }: Delivery,
  { others, store, clock }: WorkPorts,
): Promise<void> {
  const error = asOwn(thrown); // what was uploaded is loaded by another bundle
  if (!(error instanceof InvalidInputError)) return;
  const isUnlike = others === "unlike";
  const isLacking = error.field === "kernel" || (isUnlike && error.field.startsWith("kernel "));
  if (!isLacking || !(isUnlike || (others === "alike" && receiveCount < MAX_RECEIVE_COUNT))) return;
  const lacking: Lacking = {
    version: 1,
    worker: worker.logStream,
    reason: error.message,
    atMs: clock.epochMs(),
  };
  if (isUnlike && handedOn === 0) await putJson(store, jobKeys(jobId).lacking, lacking).catch(() => {}); // for people
  throw new LackingKernelError(error.message);
}

const cancelledOutcome = (): WorkOutcome => ({
  ...{ computed: [], found: [], reissued: [], failures: [] },
  ...{ cancelled: true, retry: false },
});

/** The chunks to compute now. The others are noted in the attempt: found in the store, to be tried apart, or failed. */
async function notYetStored(
  job: StoredJob,
  kernel: Promise<LoadedKernel>,
  message: ChunkMessage,
  store: Store,
  attempt: Attempt,
): Promise<number[]> {
  const { spec } = job;
  const mayBeStored = attempt.isRepeated || message.again;
  const waiting: number[] = [];
  const lookUp = async (chunk: number) => {
    try {
      checkSpec(spec, await kernel);
      layoutOf(spec).chunk(chunk);
      const found = mayBeStored ? await findChunk(store, job, chunk) : undefined;
      if (found && !isTriedAgain(found, message)) {
        attempt.reports.push(reportChunk(job, chunk, found, null));
        attempt.found.push(chunk);
      } else if (attempt.isRepeated && message.chunks.length > 1) {
        // Whatever broke the first delivery may be one chunk's fault: alone, it can only break itself.
        attempt.apart.push(chunk);
      } else {
        waiting.push(chunk);
      }
    } catch (error) {
      attempt.fail(chunk, error);
    }
  };
  await inLanes(message.chunks, mayBeStored ? LOOKS_AT_ONCE : 1, lookUp);
  return waiting;
}

/** A resumption tries the items of a shard again that failed in an earlier round. */
function isTriedAgain({ tally }: StoredChunk, { round }: ChunkMessage): boolean {
  return tally !== undefined && tally.failed > 0 && tally.round < round;
}
