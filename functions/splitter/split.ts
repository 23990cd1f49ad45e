import { isDeepStrictEqual } from "node:util";
import { chunkMessage } from "../../shared/chunk-message.ts";
import { checkMessage } from "../../shared/chunk-report.ts";
import type { Clock } from "../../shared/clock.ts";
import { JobConflictError } from "../../shared/errors.ts";
import { findKernel, type Job, resolveJob, type StoredJob, StoredJobSchema } from "../../shared/job.ts";
import type { Kernel, Registry } from "../../shared/kernels/kernel.ts";
import { jobKeys } from "../../shared/keys.ts";
import type { Queue } from "../../shared/queues/queue.ts";
import { getParsed, putJson, type Store } from "../../shared/stores/store.ts";
import { gridOf, zarrMetadata } from "../../shared/stores/zarr-array.ts";
import { type Submission, SubmissionSchema } from "../../shared/submission.ts";
import { WORK_PER_SECOND } from "../../shared/work.ts";
import { type BurstPorts, startDrainers } from "./burst.ts";
import { estimateWork } from "./estimate.ts";
import { packJob } from "./pack.ts";
import { type Cap, chooseRamp, drainersFor } from "./ramp.ts";

export interface SplitPorts {
  readonly store: Store;
  readonly chunks: Queue;
  readonly results: Queue;
  readonly clock: Clock;
  readonly kernels: Registry;
  /** Delay of the first check; 0 where no queue can lose anything and none is needed. */
  readonly checkAfterSeconds: number;
  /** Absent where there is no function to invoke: then the mapping, or what plays it, is all there is. */
  readonly burst?: BurstPorts | undefined;
}

const NOBODY: Cap = { mapping: 0, burst: 0 };

/**
 * Turns a job request into chunk messages. The same id with the same request is the same job: split again, it
 * sends nothing once everything was sent, and everything again where an earlier split broke off.
 * Throws InvalidInputError before anything is stored, and JobConflictError.
 */
export async function split(request: unknown, fallbackId: string, ports: SplitPorts): Promise<Submission> {
  const { store, chunks, results, clock } = ports;
  const job = resolveJob(request, fallbackId, ports.kernels);
  const keys = jobKeys(job.jobId);
  const stored = await storedJob(job, store);
  const submitted = stored && (await getParsed(store, keys.submitted, SubmissionSchema));
  if (submitted) return submitted;

  const submittedAtMs = stored?.submittedAtMs ?? clock.epochMs();
  await Promise.all([
    putJson(store, keys.job, { ...job, submittedAtMs } satisfies StoredJob),
    putJson(store, keys.zarr, zarrMetadata(job)),
  ]);
  const { total } = gridOf(job.spec);
  const kernel = findKernel(job.spec.kernel, ports.kernels);
  const work = estimateWork(job.spec, kernel);
  const load = { heaviest: 0 };
  const messages = await chunks.send(messagesOf(job, kernel, work, load));
  if (ports.checkAfterSeconds > 0) {
    await results.send([checkMessage(job.jobId, 0)], { delaySeconds: ports.checkAfterSeconds });
  }
  // After the last message: a drainer that finds the queue empty ends, and takes the others to end soon.
  const workSeconds = work.reduce((sum, units) => sum + units, 0) / WORK_PER_SECOND;
  const size = { messages, workSeconds };
  const ramp = chooseRamp(job.ramp, size, ports.burst?.cap ?? NOBODY);
  const longestMs = Math.ceil((1000 * load.heaviest) / WORK_PER_SECOND);
  const wanted = { jobId: job.jobId, drainers: drainersFor(job.ramp, size), longestMs };
  const drainers = ramp === "burst" && ports.burst ? await startDrainers(wanted, ports.burst) : 0;

  const submission: Submission = {
    ...{ version: 1, jobId: job.jobId, chunks: total, messages, submittedAtMs },
    ...{ ramp, drainers },
  };
  await putJson(store, keys.submitted, submission);
  return submission;
}

/** The same job as an earlier split stored it. Throws JobConflictError where its id has another request. */
async function storedJob(job: Job, store: Store): Promise<StoredJob | undefined> {
  const stored = await getParsed(store, jobKeys(job.jobId).job, StoredJobSchema);
  if (!stored) return undefined;
  const { submittedAtMs, ...same } = stored;
  if (!isDeepStrictEqual(same, job)) throw new JobConflictError(job.jobId);
  return stored;
}

/** `load.heaviest` becomes the most work of a message. */
function* messagesOf(
  job: Job,
  kernel: Kernel,
  work: Float64Array,
  load: { heaviest: number },
): Generator<string> {
  for (const chunks of packJob(job, kernel, work)) {
    load.heaviest = Math.max(
      load.heaviest,
      chunks.reduce((sum, chunk) => sum + work[chunk]!, 0),
    );
    yield chunkMessage(job, chunks);
  }
}
