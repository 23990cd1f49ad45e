/** The drain loop around the chunk queue of a deployment. */
import type { Clock } from "../ports/clock.ts";
import type { Worked } from "../ports/delivery.ts";
import type { Inbox, Received } from "../ports/queue.ts";
import { type DrainOutcome, drain } from "./drain-loop.ts";
import { type DrainRequest, parseDrainRequest } from "./drain-request.ts";
import type { ClaimStore } from "./drainer-claim.ts";
import { Membership } from "./membership.ts";

/** The shortest wait that asks all of SQS's servers; a longer one would be paid for while the fleet idles. */
const PATIENCE_MS = 1000;

export interface QueueDrainerPorts {
  /** The chunk queue's. */
  readonly inbox: Inbox;
  readonly store: ClaimStore;
  readonly clock: Clock;
  /** Invokes this worker's own function again. */
  readonly invokeLater: (next: DrainRequest) => Promise<void>;
  /** Works one message; what is to be tried again it hands back to the queue. */
  readonly work: (message: Received) => Promise<Worked>;
  readonly remainingMs: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  /** True where a queue that could not be asked may be asked again after a while. */
  readonly mayPass: (error: unknown) => boolean;
  /** This drainer's own number in [0, 1). */
  readonly spread: number;
  /** Is told what went wrong and does no harm. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

/**
 * Runs a worker that a splitter, or a worker before it, invoked: takes messages until there are none or the time is
 * nearly up, and then invokes a successor. Throws InvalidInputError and NewerVersionError if `event` is no drain
 * request.
 */
export async function drainQueue(
  event: unknown,
  ports: QueueDrainerPorts,
): Promise<DrainOutcome & Pick<DrainRequest, "jobId" | "generation">> {
  const { inbox, store, clock, work, remainingMs, pause, mayPass, spread, onTrouble } = ports;
  const request = parseDrainRequest(event);
  const { jobId, generation, isKeeper } = request;
  const membership = new Membership(request, { store, clock, workerTimeoutMs: remainingMs() });
  const orTell = (what: string) => (error: unknown) => onTrouble(what, error);
  const outcome = await drain(jobId, {
    ...{ clock, work, remainingMs, pause, mayPass, spread, isKeeper },
    receive: (most, isPatient) => inbox.receive(most, isPatient ? PATIENCE_MS : 0),
    // What cannot be removed or released now comes again by itself.
    remove: (messages) => inbox.acknowledge(messages).catch(orTell("messages not removed")),
    // Not made visible: as a second delivery a message would look failed, and be split into its chunks.
    release: (messages) => inbox.release(messages, 0).catch(orTell("messages not released")),
    claim: () =>
      membership.claim().catch((error: unknown) => {
        orTell("the claim could not be read")(error);
        return { longestMs: 0 }; // which is no reason to leave
      }),
    onTrouble: orTell("the queue could not be asked"),
  });
  await membership.leave(outcome, ports.invokeLater).catch(orTell("no successor"));
  return { jobId, generation, ...outcome };
}
