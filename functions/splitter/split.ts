import { isDeepStrictEqual } from "node:util";
import { chunkMessage } from "../../shared/chunk-message.ts";
import { type CheckMessage, REPORT_VERSION } from "../../shared/chunk-report.ts";
import { pack } from "../../shared/chunks.ts";
import type { Clock } from "../../shared/clock.ts";
import { JobConflictError } from "../../shared/errors.ts";
import { type Job, resolveJob, type StoredJob, StoredJobSchema } from "../../shared/job.ts";
import type { Registry } from "../../shared/kernels/kernel.ts";
import { jobKeys } from "../../shared/keys.ts";
import { parse } from "../../shared/parse.ts";
import type { Queue } from "../../shared/queues/queue.ts";
import { getJson, putJson, type Store } from "../../shared/stores/store.ts";
import { gridOf, zarrMetadata } from "../../shared/stores/zarr-array.ts";
import { type Submission, SubmissionSchema } from "../../shared/submission.ts";

export interface SplitPorts {
  readonly store: Store;
  readonly chunks: Queue;
  readonly results: Queue;
  readonly clock: Clock;
  readonly kernels: Registry;
  /** Delay of the first check; 0 where no queue can lose anything and none is needed. */
  readonly checkAfterSeconds: number;
}

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
  const submitted = stored && (await getJson(store, keys.submitted));
  if (submitted) return parse(SubmissionSchema, submitted, keys.submitted);

  const submittedAtMs = stored?.submittedAtMs ?? clock.epochMs();
  await putJson(store, keys.job, { ...job, submittedAtMs } satisfies StoredJob);
  await putJson(store, keys.zarr, zarrMetadata(job));
  const { total } = gridOf(job.spec);
  const messages = await chunks.send(messagesOf(job, total));
  if (ports.checkAfterSeconds > 0) {
    const check: CheckMessage = { kind: "check", version: REPORT_VERSION, jobId: job.jobId, turn: 0 };
    await results.send([JSON.stringify(check)], { delaySeconds: ports.checkAfterSeconds });
  }

  const submission: Submission = { version: 1, jobId: job.jobId, chunks: total, messages, submittedAtMs };
  await putJson(store, keys.submitted, submission);
  return submission;
}

/** The same job as an earlier split stored it. Throws JobConflictError where its id has another request. */
async function storedJob(job: Job, store: Store): Promise<StoredJob | undefined> {
  const key = jobKeys(job.jobId).job;
  const existing = await getJson(store, key);
  if (existing === undefined) return undefined;
  const stored = parse(StoredJobSchema, existing, key);
  const { submittedAtMs, ...same } = stored;
  if (!isDeepStrictEqual(same, job)) throw new JobConflictError(job.jobId);
  return stored;
}

function* messagesOf(job: Job, total: number): Generator<string> {
  for (const chunks of pack(total, job.chunksPerMessage)) yield chunkMessage(job, chunks);
}
