import { layoutOf } from "../../shared/array/layout.ts";
import type { Registry } from "../../shared/kernels/kernel.ts";
import { chunkMessage, type Issue } from "../../shared/messages/chunk-message.ts";
import { checkMessage } from "../../shared/messages/chunk-report.ts";
import { findKernel } from "../../shared/plan/check-spec.ts";
import { estimateWork } from "../../shared/plan/estimate.ts";
import {
  DEFAULT_WORKERS,
  messageSeconds,
  threadRate,
  threadsFor,
  type Workers,
} from "../../shared/plan/workers.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Queue } from "../../shared/ports/queue.ts";
import type { Store } from "../../shared/ports/store.ts";
import { isCancelled, writeSubmission } from "../../shared/record/control.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { Submission } from "../../shared/record/submission.ts";
import { type BurstPorts, startDrainers } from "./burst.ts";
import { packJob } from "./pack.ts";
import { type Cap, chooseRamp, drainersFor } from "./ramp.ts";

export interface RoundPorts {
  readonly store: Store;
  readonly chunks: Queue;
  readonly results: Queue;
  readonly clock: Clock;
  readonly kernels: Registry;
  /**
   * The workers that the messages are packed for, and that a chunk must fit. Default: the default workers, without a
   * timeout.
   */
  readonly workers?: Workers;
  /** Delay of the first check; 0 where no queue can lose anything and none is needed. */
  readonly checkAfterSeconds: number;
  /** The splitter's remaining time (ms); absent if it has no limit. */
  readonly remainingMs?: () => number;
  /** Absent where there is no function to invoke: then the mapping, or what plays it, is all there is. */
  readonly burst?: BurstPorts | undefined;
}

/** A job's first round, or a later one for some of its chunks. */
export interface NewRound extends Issue {
  /** In rising order; all of the job's, unless it says otherwise. */
  readonly missing?: readonly number[];
  /** Since the epoch. */
  readonly submittedAtMs: number;
}

const NOBODY: Cap = { mapping: 0, burst: 0 };

/** Sends the round's messages, the longest first, and then the check, starts workers for them, and writes down that it did. */
export async function submitRound(
  job: StoredJob,
  { round, again, missing, submittedAtMs }: NewRound,
  ports: RoundPorts,
): Promise<Submission> {
  const { jobId, spec } = job;
  const kernel = findKernel(spec.kernel, ports.kernels);
  const estimated = estimateWork(spec, kernel);
  const work = missing ? Float64Array.from(missing, (chunk) => estimated[chunk]!) : estimated;
  const { workers = DEFAULT_WORKERS } = ports;
  const threads = threadsFor(workers.memoryMb);
  const rate = threadRate(workers.memoryMb);
  const load = { longestMs: 0 };
  const bodies = function* () {
    for (const places of packJob(job, kernel, workers, work)) {
      const each = places.map((place) => work[place]!);
      load.longestMs ||= Math.ceil(1000 * messageSeconds(each, workers));
      const estimatedMs = Math.round((1000 * sum(each)) / rate);
      yield chunkMessage(
        { jobId, spec, round, again },
        missing ? places.map((at) => missing[at]!) : places,
        threads > 1 && places.length > 1 ? { estimatedMs } : {},
      );
    }
  };
  // A job that was cancelled while it was about to be resumed sends nothing; its check says how it stands.
  const isNeeded = round === 0 || !(await isCancelled(ports.store, { jobId, round }));
  const messages = isNeeded ? await ports.chunks.send(bodies()) : 0;
  if (ports.checkAfterSeconds > 0) {
    await ports.results.send([checkMessage({ jobId, round, turn: 0, ofJobMs: job.submittedAtMs })], {
      delaySeconds: ports.checkAfterSeconds,
    });
  }
  // After the last message: a drainer that finds the queue empty ends, and takes the others to end soon.
  const workSeconds = sum(work) / (rate * threads);
  const size = { messages, workSeconds };
  const ramp = chooseRamp(job.ramp, size, ports.burst?.cap ?? NOBODY);
  const { longestMs } = load;
  const wanted = { jobId, round, drainers: drainersFor(job.ramp, size), longestMs };
  const { burst, remainingMs } = ports;
  const drainers = ramp === "burst" && burst ? await startDrainers(wanted, { ...burst, remainingMs }) : 0;

  const chunks = missing?.length ?? layoutOf(spec).total;
  const submission: Submission = {
    ...{ version: 1, jobId, chunks, messages, submittedAtMs },
    ...{ ramp, drainers, round, longestMs },
  };
  await writeSubmission(ports.store, submission);
  return submission;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
