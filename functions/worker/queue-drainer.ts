/** The drain loop around the chunk queue of a deployment. */
import type { LambdaFunction } from "../../shared/aws/lambda-function.ts";
import type { Clock } from "../../shared/clock.ts";
import type { DrainRequest } from "../../shared/drain.ts";
import type { ClaimStore } from "../../shared/drainer-claim.ts";
import type { ReceivedRecord, SqsQueue } from "../../shared/queues/sqs-queue.ts";
import { type Delivered, type DrainOutcome, drain } from "./drain.ts";
import { Membership } from "./membership.ts";

/** The shortest that asks all of SQS's servers: nobody pays for long for a fleet that waits. */
const RECEIVE_WAIT_SECONDS = 1;

export interface QueueDrainerPorts {
  readonly chunks: SqsQueue;
  readonly store: ClaimStore;
  readonly clock: Clock;
  /** The function that this is an invocation of. */
  readonly itself: Pick<LambdaFunction, "invokeLater">;
  /** Works one message; what is to be tried again it hands back to the queue. */
  readonly deliver: (record: ReceivedRecord) => Promise<Delivered>;
  readonly remainingMs: () => number;
  /** Is told what went wrong and does no harm. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Takes messages until there are none or the time is nearly up, and then has a successor. Throws where S3 cannot be asked. */
export async function drainQueue(request: DrainRequest, ports: QueueDrainerPorts): Promise<DrainOutcome> {
  const { chunks, store, clock, itself, deliver, remainingMs, onTrouble } = ports;
  const membership = new Membership(request, { store, clock, workerTimeoutMs: remainingMs() });
  const orTell = (what: string) => (error: unknown) => onTrouble(what, error);
  const outcome = await drain<ReceivedRecord>(request.jobId, {
    ...{ clock, deliver, remainingMs },
    receive: (most) => chunks.receive(most, RECEIVE_WAIT_SECONDS),
    // What cannot be removed or released now comes again by itself.
    remove: (records) =>
      chunks.delete(records.map(({ receiptHandle }) => receiptHandle)).catch(orTell("messages not removed")),
    release: ({ receiptHandle }) => chunks.postpone(receiptHandle, 0).catch(orTell("a message not released")),
    isFirstDelivery: ({ attributes }) => attributes.ApproximateReceiveCount === "1",
    claim: () =>
      membership.claim().catch((error: unknown) => {
        orTell("the claim could not be read")(error);
        return { longestMs: 0 }; // which is no reason to leave
      }),
    onTrouble: orTell("the queue could not be asked"),
  });
  await membership.leave(outcome, (next) => itself.invokeLater(next)).catch(orTell("no successor"));
  return outcome;
}
