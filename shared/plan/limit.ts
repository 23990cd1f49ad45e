/**
 * What a job may cost, as slots: one is the worst that one worker's invocation can cost, and is taken once, ever. So what is spent stays
 * below the slots that are taken, and those together below the limit. Pure.
 */

import { MAX_CHUNKS_PER_MESSAGE } from "../array/job-limits.ts";
import { isMap, type JobSpec } from "../array/spec.ts";
import type { Job } from "../record/job.ts";
import type { Limit, Rates } from "../record/limit.ts";
import type { Plan, Requests } from "../record/plan.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { billedRequests, gbSecondsOf, type Tariff, usdOf } from "./bill.ts";
import type { Timing } from "./requests.ts";

/** Lambda's longest initialisation: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const LONGEST_INIT_MS = 10_000;
/** What Lambda's runtime takes before and after the handler, which the handler cannot time. */
const AROUND_MS = 50;
/** For one slot: two tries, a list of those that are taken, and a few more where others are about. */
const REQUESTS_A_SLOT = 8;
/** A worker's, before it lists what is taken: functions/worker/spending.ts. */
const BLIND_TRIES = 2;
/** What the aggregator takes for a batch, where each report makes one. */
const BATCH_MS = 300;
/** What one picture takes at the most, and what a request does, waited for twice as long as usual. */
const PICTURE_MS = 10_000;
const REQUEST_MS = 40;
/** A message that a worker drops, since the job has reached its limit: what its invocation takes. */
const DROPPED_MS = 20;
/** Checks of a job that goes its whole time: functions/aggregator/check.ts. */
const MOST_CHECKS = 12;
const LOG_BYTES = 1000;
const DROPPED_LOG_BYTES = 400;
/** A sum of such terms in another order is still covered. */
const ROUNDING = 1e-9;

const NONE: Requests = { invocations: 0, send: 0, receive: 0, delete: 0, depth: 0, put: 0, get: 0, list: 0 };

/** One receive and deletion of a report, its segment, and the look after it. */
const BATCH: Partial<Requests> = {
  ...{ invocations: 1, receive: 1, delete: 1, depth: 1, put: 1, get: 3, list: 3 },
};

export interface LimitPorts extends Tariff {
  readonly timeoutSeconds: number;
  /** The splitter's, and the aggregator's. */
  readonly ownMemoryMb: number;
}

/** What a worker's invocation is charged with, by its time, its messages and their chunks; reports' way included. */
export function ratesOf(spec: Pick<JobSpec, "values">, of: LimitPorts): Rates {
  const values = Math.max(1, spec.values.length);
  const batch = usd({ ...BATCH }, BATCH_MS, of.ownMemoryMb, of);
  return {
    perSlot: usd({ put: REQUESTS_A_SLOT }, 0, 0, of, 0),
    perInvocation: usd({ invocations: 1 }, AROUND_MS, of.memoryMb, of),
    perMs: usd({}, 1, of.memoryMb, of, 0),
    // A receive and a deletion, and those of a report; what is sent again, and the looks for cancellation, claims and the job.
    perMessage: batch + usd({ send: 3, receive: 1, delete: 1, get: 8, put: 1 }, 0, of.memoryMb, of),
    // A tile makes a report larger: a unit each, sent and received.
    perChunk: usd({ put: values, get: 2 * values + 1, send: 2, receive: 1 }, 0, of.memoryMb, of, 100),
  };
}

/** What an invocation of a worker can take (ms), its start included. */
export const longestMsOf = ({ timeoutSeconds }: LimitPorts) => LONGEST_INIT_MS + 1000 * timeoutSeconds;

/** The worst that an invocation of one message can cost, and what it costs to take the slot. */
export function slotUsd(
  rates: Rates,
  { chunksPerMessage }: Pick<Job, "chunksPerMessage">,
  of: LimitPorts,
): number {
  const { perSlot, perInvocation, perMs, perMessage, perChunk } = rates;
  const chunks = chunksPerMessage === "auto" ? MAX_CHUNKS_PER_MESSAGE : chunksPerMessage;
  const worst = perSlot + perInvocation + perMs * longestMsOf(of) + perMessage + chunks * perChunk;
  return worst * (1 + ROUNDING);
}

/** All reports in one batch: each message pays for a batch of its own. */
export const IN_ONE_BATCH: Timing = Object.freeze({
  ...{ mapped: 0, environments: 0, cancelLooks: 0, receives: 0, batches: 1, checks: 1 },
  deliveries: { receive: 1, delete: 1 },
});

/**
 * For what no slot pays: splitter, aggregator, checks, pictures, and the messages that are dropped at the limit. The plan is one with
 * IN_ONE_BATCH.
 */
export function reserveOf(
  { messages, workers, requests: { splitter, aggregator } }: Pick<Plan, "messages" | "workers" | "requests">,
  spec: JobSpec,
  of: LimitPorts,
): number {
  const { ownMemoryMb, memoryMb } = of;
  const waitMs = ({ put, get, list, send }: Requests) => REQUEST_MS * (put + get + list + send);
  const pictures = isMap(spec) ? 1 : 1 + 2 * spec.values.length;
  const dropped = usd(
    { invocations: 1, receive: 1, delete: 1, get: 1 },
    DROPPED_MS,
    memoryMb,
    of,
    DROPPED_LOG_BYTES,
  );
  const end = { ...aggregator, invocations: 1, receive: 2, delete: 2, depth: 1 };
  return (
    usd(splitter, LONGEST_INIT_MS + waitMs(splitter), ownMemoryMb, of) +
    usd(end, LONGEST_INIT_MS + PICTURE_MS * pictures + waitMs(end), ownMemoryMb, of) +
    MOST_CHECKS * usd({ ...BATCH, send: 1 }, BATCH_MS, ownMemoryMb, of) +
    messages * dropped +
    // Each may find at the same moment that no slot is left.
    workers * usd({ put: BLIND_TRIES + 1, get: BLIND_TRIES, list: 1 }, 0, 0, of, 0)
  );
}

/**
 * How many slots a limit has. Throws InvalidInputError where not one is left beside those that are `taken`.
 * @example
 * slotsIn({ maxUsd: 1, reservedUsd: 0.1, slotUsd: 0.002 }); // 450
 */
export function slotsIn({
  maxUsd,
  reservedUsd,
  slotUsd: slot,
  taken = 0,
}: Pick<Limit, "maxUsd" | "reservedUsd" | "slotUsd"> & { readonly taken?: number }): number {
  const slots = Math.floor((maxUsd - reservedUsd) / slot);
  if (slots > taken) return slots;
  throw new InvalidInputError(
    "maxUsd",
    `at least ${roundedUp(reservedUsd + (taken + 1) * slot)} USD for this job`,
    `${maxUsd}`,
    taken > 0
      ? "Its earlier rounds are in it."
      : "That much is set aside for its splitter, its aggregator and one worker that takes its whole timeout.",
  );
}

/** Two digits, never less. */
function roundedUp(usdOfIt: number): string {
  const digit = 10 ** (Math.floor(Math.log10(usdOfIt)) - 1);
  return String(Number((Math.ceil(usdOfIt / digit) * digit).toPrecision(2)));
}

function usd(
  asked: Partial<Requests>,
  ms: number,
  memoryMb: number,
  of: Tariff,
  logBytes = LOG_BYTES,
): number {
  const requests = billedRequests({ ...NONE, ...asked });
  return usdOf({ gbSeconds: gbSecondsOf(ms, memoryMb), requests, logBytes }, of.architecture, of.prices);
}
