import type { Kernels, LoadedKernel } from "../../shared/kernels/loader.ts";
import { checkMessage } from "../../shared/messages/chunk-report.ts";
import type { RoundPlan, Workforce } from "../../shared/plan/plan.ts";
import type { Workers } from "../../shared/plan/workers.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import { type Fleet, NO_FLEET } from "../../shared/ports/fleet.ts";
import type { Outbox } from "../../shared/ports/queue.ts";
import type { Store } from "../../shared/ports/store.ts";
import { isCancelled, writeSubmission } from "../../shared/record/control.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { Submission } from "../../shared/record/submission.ts";
import type { Billing } from "../billing.ts";

export interface RoundPorts {
  readonly store: Store;
  readonly chunks: Outbox;
  readonly results: Outbox;
  readonly clock: Clock;
  readonly kernels: Kernels;
  /** Those that the messages are packed for, and that a chunk must fit: the default ones, and without a timeout, where nothing is said. */
  readonly workers?: Workers;
  /** What a job with a limit is priced by; absent where nothing is billed, and a limit is refused. */
  readonly billing?: Billing | undefined;
  /** Delay of the first check; 0 where no queue can lose anything and none is needed. */
  readonly checkAfterSeconds: number;
  /** The splitter's remaining time (ms); absent if it has no limit. */
  readonly remainingMs?: () => number;
  /** What may be started beside the workers that come by themselves; nothing, unless it is said. */
  readonly fleet?: Fleet;
  /** In place of the others for kernels of Python, where their workers have a queue of their own. */
  readonly python?: Required<Pick<RoundPorts, "chunks" | "workers" | "fleet">> | undefined;
}

/** The ports by which a kernel is computed. */
export const portsFor = (
  { declaration }: Pick<LoadedKernel, "declaration">,
  ports: RoundPorts,
): RoundPorts => (declaration.language === "python" ? { ...ports, ...ports.python } : ports);

/** A job's first round, or a later one for some of its chunks. */
export interface NewRound {
  readonly round: number;
  readonly plan: RoundPlan;
  /** Since the epoch. */
  readonly submittedAtMs: number;
}

/** The workers that this splitter plans for. */
export function workforceOf({ workers, fleet }: RoundPorts): Workforce {
  return { workers, cap: fleet?.cap };
}

/** Sends the plan's messages, the longest first, and then the check, starts workers for them, and writes down that it did. */
export async function submitRound(
  { jobId, submittedAtMs: ofJobMs }: StoredJob,
  { round, plan, submittedAtMs }: NewRound,
  ports: RoundPorts,
): Promise<Submission> {
  // A job that was cancelled while it was about to be resumed sends nothing; its check says how it stands.
  const isNeeded = round === 0 || !(await isCancelled(ports.store, { jobId, round }));
  const messages = isNeeded ? await ports.chunks.send(plan.bodies) : 0;
  if (ports.checkAfterSeconds > 0) {
    await ports.results.send([checkMessage({ jobId, round, turn: 0, ofJobMs })], {
      delaySeconds: ports.checkAfterSeconds,
    });
  }
  // After the last message: a drainer that finds the queue empty ends, and takes the others to end soon.
  const { ramp, figures } = plan;
  const longestMs = messages > 0 ? Math.ceil(1000 * figures.seconds.heaviestMessage) : 0;
  const wanted = { jobId, round, workers: messages > 0 ? plan.drainers : 0, longestMs };
  const { fleet = NO_FLEET } = ports;
  const drainers = ramp === "burst" ? await fleet.start(wanted) : 0;

  const submission: Submission = {
    ...{ version: 1, jobId, chunks: figures.chunks, messages, submittedAtMs },
    ...{ ramp, drainers, round, longestMs, plan: figures },
  };
  await writeSubmission(ports.store, submission);
  return submission;
}
