/** The drain loop around the chunk queue of a deployment. */

import type { DrainRequest } from "../../shared/burst/drain.ts";
import type { ClaimStore } from "../../shared/burst/drainer-claim.ts";
import { AwsError, isTransient } from "../../shared/ports/aws/aws-error.ts";
import type { LambdaFunction } from "../../shared/ports/aws/lambda-function.ts";
import type { ReceivedRecord, SqsQueue } from "../../shared/ports/aws/sqs-queue.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import { MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { type Delivered, type DrainOutcome, drain } from "./drain.ts";
import { Membership } from "./membership.ts";

/** The shortest wait that asks all of SQS's servers: an idle fleet is not billed for long. */
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
      // Sent again instead of made visible: as a second delivery the message would look failed, and be split into its
      // chunks.
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
