/** What a scenario does to a job, and how the job must end: both known before anything runs. */

import type { JobRequest } from "../../shared/messages/job-request.ts";
import { MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { type FaultKind, kindOf } from "./kinds.ts";

/** How often a stage's client makes a request before it gives up (shared/ports/aws/aws-client.ts). */
export const CLIENT_ATTEMPTS = 4;
/** More than any message or request is tried: what strikes each time. */
export const EVERY = Number.POSITIVE_INFINITY;

/**
 * The `receive`th delivery of the message with these chunks, or each one of any message with no other chunks. A message of several chunks that is
 * delivered again sends each chunk in a message of its own, which is another message.
 */
export interface DeliveryFault {
  readonly place: "delivery";
  readonly kind: FaultKind;
  readonly chunks: readonly number[];
  readonly receive: number;
}

/** The next `times` requests for a chunk's object. */
export interface ChunkFault {
  readonly place: "chunk";
  readonly kind: FaultKind;
  readonly chunk: number;
  readonly times: number;
}

/** The requests of a stage from the `nth` on that the kind is about, `times` of them. */
export interface RequestFault {
  readonly place: "request";
  readonly kind: FaultKind;
  readonly stage: "splitter" | "worker" | "aggregator";
  readonly nth: number;
  readonly times: number;
}

/** The `nth` result message that is received. */
export interface ResultFault {
  readonly place: "result";
  readonly kind: FaultKind;
  readonly nth: number;
}

/** The splitter's `nth` batch of messages, or the aggregator's `nth` PUT; `done` says whether that was done before it died. */
interface StageFault {
  readonly place: "splitter" | "aggregator";
  readonly kind: FaultKind;
  readonly nth: number;
  readonly done: boolean;
}

interface FleetFault {
  readonly place: "fleet";
  readonly kind: FaultKind;
}

export type Fault = DeliveryFault | ChunkFault | RequestFault | ResultFault | StageFault | FleetFault;

export interface Plan {
  readonly seed: number;
  readonly request: JobRequest & { readonly requestId: string };
  /** The chunks of each message, as the splitter packs them. */
  readonly messages: readonly (readonly number[])[];
  readonly workers: number;
  /** Aggregators at a time; a mapping on AWS has two at least. */
  readonly aggregators: number;
  readonly resultBatches: { readonly batchSize: number; readonly batchingWindowMs: number };
  readonly faults: readonly Fault[];
}

/** How the job must end: with exactly these chunks failed, each for a reason that matches. */
export interface Outcome {
  readonly state: "complete" | "incomplete";
  readonly failed: ReadonlyMap<number, RegExp>;
}

const SILENT_DEATH =
  /^No worker said why: each was killed, timed out or ran out of memory, or was throttled before it began$/;
/** The reason for a chunk that is stored all the same. */
export const UNREADABLE = /^(The stored chunk cannot be read: )?.*AccessDenied from s3 GetObject \(403\)/;
const REFUSED = /^(SlowDown|InternalError|ECONNRESET) from s3 PutObject/;

/**
 * Counts the faults that each chunk meets against the attempts it has. A chunk fails where they are as many as the
 * deliveries of a message; every other chunk must be stored.
 */
export function predict({ messages, faults }: Pick<Plan, "messages" | "faults">): Outcome {
  const failed = new Map<number, RegExp>();
  for (const message of messages) {
    for (const chunk of message) {
      const { deliveries, refused, isUnreadable } = lostDeliveries(message, chunk, faults);
      if (isUnreadable) failed.set(chunk, UNREADABLE);
      else if (deliveries >= MAX_RECEIVE_COUNT) failed.set(chunk, refused === EVERY ? REFUSED : SILENT_DEATH);
    }
  }
  return { state: failed.size === 0 ? "complete" : "incomplete", failed };
}

/**
 * How many deliveries a chunk loses at most, in its message and in one of its own together, and how often its PUT is
 * refused. A client that is refused less often than it tries loses none.
 */
export function lostDeliveries(message: readonly number[], chunk: number, faults: readonly Fault[]) {
  let deliveries = 0;
  let refused = 0;
  let isUnreadable = false;
  for (const fault of faults) {
    const { costsDelivery, costsAttempt } = kindOf(fault.kind);
    if (fault.place === "delivery" && costsDelivery && isAbout(fault, message, chunk))
      deliveries += fault.receive === EVERY ? EVERY : 1;
    if (fault.place !== "chunk" || fault.chunk !== chunk) continue;
    if (costsDelivery) deliveries += fault.times;
    if (costsAttempt) refused += fault.times;
    if (fault.kind === "read refused") isUnreadable = true;
  }
  return { deliveries: deliveries + Math.floor(refused / CLIENT_ATTEMPTS), refused, isUnreadable };
}

/** True where the fault strikes the message that the chunk was sent in, or the chunk's own. */
function isAbout({ chunks }: DeliveryFault, message: readonly number[], chunk: number): boolean {
  return isSame(chunks, message) || isSame(chunks, [chunk]);
}

export function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((chunk, k) => chunk === b[k]);
}
