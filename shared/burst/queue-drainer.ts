/** The drain loop around the chunk queue of a deployment. */

import { AwsError, isTransient } from "../ports/aws/aws-error.ts";
import type { LambdaFunction } from "../ports/aws/lambda-function.ts";
import type { ReceivedRecord, SqsQueue } from "../ports/aws/sqs-queue.ts";
import type { Clock } from "../ports/clock.ts";
import { MAX_RECEIVE_COUNT } from "../validation/env.ts";
import { type Delivered, type DrainOutcome, drain } from "./drain-loop.ts";
import type { DrainRequest } from "./drain-request.ts";
import type { ClaimStore } from "./drainer-claim.ts";
import { Membership } from "./membership.ts";

/** The shortest that asks all of SQS's servers: nobody pays for long for a fleet that waits. */
const RECEIVE_WAIT_SECONDS = 1;

export interface QueueDrainerPorts {
  readonly chunks: Pick<SqsQueue, "receive" | "send" | "delete" | "postpone">;
  readonly store: ClaimStore;
  readonly clock: Clock;
  /** The function that this is an invocation of. */
  readonly itself: Pick<LambdaFunction, "invokeLater">;
  /** Works one message; what is to be tried again it hands back to the queue. */
  readonly deliver: (record: ReceivedRecord) => Promise<Delivered>;
  readonly remainingMs: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  /** This drainer's own number in [0, 1). */
  readonly spread: number;
  /** Is told what went wrong and does no harm. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Takes messages until there are none or the time is nearly up, and then has a successor. */
export async function drainQueue(request: DrainRequest, ports: QueueDrainerPorts): Promise<DrainOutcome> {
  const { chunks, store, clock, itself, deliver, remainingMs, pause, spread, onTrouble } = ports;
  const membership = new Membership(request, { store, clock, workerTimeoutMs: remainingMs() });
  const orTell = (what: string) => (error: unknown) => onTrouble(what, error);
  const remove = (records: readonly ReceivedRecord[]) =>
    chunks.delete(records.map(({ receiptHandle }) => receiptHandle));
  const outcome = await drain<ReceivedRecord>(request.jobId, {
    ...{ clock, deliver, remainingMs, pause, spread },
    receive: (most) => chunks.receive(most, RECEIVE_WAIT_SECONDS),
    // What cannot be removed or released now comes again by itself.
    remove: (records) => remove(records).catch(orTell("messages not removed")),
    release: async (records) => {
      // Sent anew, not made visible: as a second delivery it would look failed, and be taken apart into its chunks.
      const first = records.filter((record) => deliveryOf(record) === 1);
      const sending = chunks.send(first.map(({ body }) => body)).then(() => remove(first));
      // What was delivered before keeps its count, by which it ends.
      const others = records.filter((record) => deliveryOf(record) > 1);
      const showing = others.map(({ receiptHandle }) => chunks.postpone(receiptHandle, 0));
      await Promise.all([sending, ...showing]).catch(orTell("messages not released"));
    },
    mostDeliveries: MAX_RECEIVE_COUNT,
    deliveryOf,
    claim: () =>
      membership.claim().catch((error: unknown) => {
        orTell("the claim could not be read")(error);
        return { longestMs: 0 }; // which is no reason to leave
      }),
    onTrouble: orTell("the queue could not be asked"),
    mayPass: (error) => error instanceof AwsError && isTransient(error),
  });
  await membership.leave(outcome, (next) => itself.invokeLater(next)).catch(orTell("no successor"));
  return outcome;
}

const deliveryOf = ({ attributes }: ReceivedRecord) => Number(attributes.ApproximateReceiveCount);
