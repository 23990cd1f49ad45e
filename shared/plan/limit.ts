/**
 * What a job may cost, as seats and coins: a seat is the worst that one worker's invocation can cost by its time, a coin a smaller sum that
 * pays for what was done. Each is taken once, ever, so what is spent stays below what is taken, and that below the limit. Pure.
 */

import { MAX_CHUNKS_PER_MESSAGE } from "../array/job-limits.ts";
import { isMap, type JobSpec } from "../array/spec.ts";
import type { Job } from "../record/job.ts";
import type { Rates } from "../record/limit.ts";
import type { Plan, Requests } from "../record/plan.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { roundedUp } from "../validation/usd.ts";
import { billedRequests, gbSecondsOf, type Tariff, usdOf } from "./bill.ts";
import type { Timing } from "./requests.ts";
import { waitedMs } from "./stage-times.ts";

/** Lambda's longest initialisation: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const LONGEST_INIT_MS = 10_000;
/** What Lambda's runtime takes before and after the handler, which the handler cannot time. */
const AROUND_MS = 50;
/** What an aggregator holds before it looks at a job: it is charged with what it took. */
const LOOK_MS = 3000;
/** Aggregators at a time, as infra/fan-out.ts has them. */
export const AGGREGATORS = 2;
/** What reading a batch once more takes. */
const REREAD_MS = 20;
/** What one picture takes at the most, and what a request does, waited for twice as long as usual. */
const PICTURE_MS = 10_000;
const REQUEST_MS = 40;
/** A message or a report that is dropped, since the job has reached its limit: what its invocation takes. */
const DROPPED_MS = 20;
/** Checks that find a job over its limit: one that has found it out, two that its end sends, and the one that was under way. */
const LAST_CHECKS = 4;
const CHECK_MS = 1000;
/** A check that comes before its time finds no aggregator that is warm. */
const SKIP_MS = 500;
const LOG_BYTES = 1000;
const DROPPED_LOG_BYTES = 400;
/** A sum of such terms in another order is still covered. */
const ROUNDING = 1e-9;
/** A coin is this part of a seat: what a worker has left of its last one is little, and it takes few. */
export const COINS_A_SEAT = 8;
/** More would make long lists of those that are taken: then coins are larger. A deployment has no more workers than that. */
export const MOST_COINS = 4000;
const MOST_SEATS = 2000;
/**
 * Coins get three times what the estimate says, if that is less than two thirds; and first of all an estimate and a quarter, where that leaves a
 * tenth for seats. The rest is seats.
 */
const COINS_SHARE = 2 / 3;
const ESTIMATES = 3;
export const MOST_SHARE = 9 / 10;
export const LEAST_ESTIMATES = 5 / 4;
/** What a worker that finds no seat takes before it pays for that: its start and a look, and some messages that it sends again. */
export const TURNED_AWAY_MS = 250;
const WAITS_ON_CREDIT = 4;
const WAIT_MS = 30;
/** What a worker that a splitter started takes to find that no message is left. */
const IDLE_MS = 1500;

const NONE: Requests = { invocations: 0, send: 0, receive: 0, delete: 0, depth: 0, put: 0, get: 0, list: 0 };

export interface LimitPorts extends Tariff {
  readonly timeoutSeconds: number;
  /** The splitter's, and the aggregator's. */
  readonly ownMemoryMb: number;
}

/** What a worker is charged with, by its time and what it asks for, and what it holds before it begins a message; and an aggregator. */
export function ratesOf(spec: Pick<JobSpec, "values">, of: LimitPorts): Rates {
  const values = Math.max(1, spec.values.length);
  const asked = (requests: Partial<Requests>, logBytes = 0) => usd(requests, 0, of.memoryMb, of, logBytes);
  const { ownMemoryMb } = of;
  // A receive and a deletion of both, and the look that tells that a report is dropped; the chunk is read where no report tells of it.
  const perReport =
    asked({ receive: 2, delete: 2 }, DROPPED_LOG_BYTES) +
    usd({ invocations: 1, get: 2 }, DROPPED_MS, ownMemoryMb, of, DROPPED_LOG_BYTES);
  return {
    perInvocation: usd({ invocations: 1 }, AROUND_MS, of.memoryMb, of),
    perMs: usd({}, 1, of.memoryMb, of, 0),
    // What is sent again, the looks for cancellation, claims and the job, and coins that others have taken.
    perMessage: perReport + asked({ send: 6, get: 8, put: 1 + COINS_A_SEAT, list: 2 }),
    // A tile makes a report larger: a unit each, sent and received.
    perChunk: asked({ put: values, get: 2 * values + 1, send: 2, receive: 1 }, 100),
    perWait: asked({ send: 2, receive: 1, delete: 1, get: 2 }),
    ...{ perPut: asked({ put: 1 }), perGet: asked({ get: 1 }), perSqs: asked({ send: 1 }), perReport },
    own: {
      perInvocation: usd({ invocations: 1 }, AROUND_MS, ownMemoryMb, of),
      perMs: usd({}, 1, ownMemoryMb, of, 0),
      perLook: usd({ invocations: 1, put: 4, get: 10, list: 6, send: 4 }, LOOK_MS, ownMemoryMb, of),
      perBatch: usd({ get: 4 }, REREAD_MS, ownMemoryMb, of, 0),
      perSkip: usd({ invocations: 1, get: 1, receive: 1, delete: 1, send: 1 }, SKIP_MS, ownMemoryMb, of),
    },
  };
}

/** What an invocation of a worker can take (ms), its start included. */
export const longestMsOf = ({ timeoutSeconds }: LimitPorts) => LONGEST_INIT_MS + 1000 * timeoutSeconds;

/** What is set aside for each worker: before it pays for anything it may find that no seat is left, and send some messages again. */
export function creditUsdOf({ perInvocation, perMs, perPut, perGet, perWait }: Rates): number {
  const turnedAway = perInvocation + perMs * TURNED_AWAY_MS + 2 * perPut + 4 * perGet;
  return turnedAway + WAITS_ON_CREDIT * (perInvocation + perMs * WAIT_MS + perWait);
}

/** The worst that an invocation can cost by its time, and its worker's credit. */
export function seatUsdOf(rates: Rates, of: LimitPorts): number {
  const { perInvocation, perMs } = rates;
  return (perInvocation + perMs * longestMsOf(of) + creditUsdOf(rates)) * (1 + ROUNDING);
}

/** What is paid in coins by the estimate: workers, and aggregators but for what is set aside. */
export function chargedUsd(
  { perInvocation, perMs, perReport, own }: Rates,
  { messages, seconds, requests: { worker, aggregator } }: Charged,
  of: LimitPorts,
): number {
  const asked = (requests: Requests) => usd({ ...requests, invocations: 0 }, 0, of.memoryMb, of, 0);
  const aggregated = aggregator.invocations * ((own?.perInvocation ?? 0) + (own?.perBatch ?? 0));
  return (
    messages * (perInvocation + perReport) +
    asked(worker) +
    1000 * seconds.busy * perMs +
    aggregated +
    asked(aggregator) +
    waitedMs(aggregator) * (own?.perMs ?? 0)
  );
}

type Charged = Pick<Plan, "messages" | "requests"> & { readonly seconds: Pick<Plan["seconds"], "busy"> };

/** What must be there in coins so that a worker begins a message, whatever is in it, and aggregators look at the job. */
export function leastCoinsUsd(
  { perMessage, perChunk, own }: Rates,
  { chunksPerMessage }: Pick<Job, "chunksPerMessage">,
  { chunks }: Pick<Plan, "chunks">,
): number {
  const most = chunksPerMessage === "auto" ? MAX_CHUNKS_PER_MESSAGE : chunksPerMessage;
  return perMessage + Math.min(most, chunks) * perChunk + AGGREGATORS * (own?.perLook ?? 0);
}

/** All reports in one batch: aggregators pay for batches as they come. */
export const IN_ONE_BATCH: Timing = Object.freeze({
  ...{ mapped: 0, environments: 0, cancelLooks: 0, receives: 0, batches: 1, checks: 1 },
  deliveries: { receive: 1, delete: 1 },
});

interface ReservedFor {
  readonly rates: Rates;
  /** That may take its messages, and those among them that a splitter starts. */
  readonly workers: number;
  readonly drainers: number;
}

/**
 * For what neither seats nor coins pay: splitter, aggregator, checks, pictures, and the messages that are dropped at the limit. The plan is one with
 * IN_ONE_BATCH.
 */
export function reserveOf(
  { messages, requests: { splitter, aggregator } }: Pick<Plan, "messages" | "requests">,
  { rates, workers, drainers }: ReservedFor,
  { spec, output }: Pick<Job, "spec" | "output">,
  of: LimitPorts,
): number {
  const { ownMemoryMb, memoryMb } = of;
  const waitMs = ({ put, get, list, send }: Requests) => REQUEST_MS * (put + get + list + send);
  const drawn = isMap(spec) ? 1 : 1 + 2 * spec.values.length;
  const pictures = output.plots ? drawn : 0;
  const dropped = usd(
    { invocations: 1, receive: 1, delete: 1, get: 1 },
    DROPPED_MS,
    memoryMb,
    of,
    DROPPED_LOG_BYTES,
  );
  const end = { ...aggregator, invocations: 1, receive: 2, delete: 2, depth: 1, put: aggregator.put + 1 };
  const last = { ...end, send: 1, list: 2 * aggregator.list };
  return (
    usd(splitter, LONGEST_INIT_MS + waitMs(splitter), ownMemoryMb, of) +
    usd(end, LONGEST_INIT_MS + PICTURE_MS * pictures + waitMs(end), ownMemoryMb, of) +
    LAST_CHECKS * usd(last, CHECK_MS, ownMemoryMb, of) +
    messages * dropped +
    drainers * usd({ invocations: 1, receive: 1, get: 3 }, IDLE_MS, memoryMb, of) +
    workers * creditUsdOf(rates)
  );
}

/** How many seats and coins there are for a sum, and what a coin is worth. */
export interface Parts {
  readonly seats: number;
  readonly coins: number;
  readonly coinUsd: number;
}

/** What a coin is worth at the least, so that a sum has no more than MOST_COINS. */
export const leastCoinUsd = (sumUsd: number) => (sumUsd / MOST_COINS) * (1 + ROUNDING);

/**
 * Divides a sum among seats and coins; undefined where it is not enough for one worker with one message.
 * @example
 * partsOf(0.1, { seatUsd: 0.0016, leastUsd: 0.0006, chargedUsd: 0.02 }); // { seats: 37, coins: 204, coinUsd: 0.0002 }
 */
export function partsOf(
  sumUsd: number,
  {
    seatUsd,
    leastUsd,
    chargedUsd: charged,
  }: { readonly seatUsd: number; readonly leastUsd: number; readonly chargedUsd: number },
): Parts | undefined {
  if (sumUsd < seatUsd + leastUsd) return undefined;
  const aimed = Math.max(COINS_SHARE * sumUsd, Math.min(LEAST_ESTIMATES * charged, MOST_SHARE * sumUsd));
  const forCoins = Math.max(leastUsd, Math.min(ESTIMATES * charged, aimed));
  // Its worker will have about a coin left.
  const withCoinUsd = seatUsd * (1 + 1 / COINS_A_SEAT);
  const seats = Math.min(MOST_SEATS, Math.max(1, Math.floor((sumUsd - forCoins) / withCoinUsd)));
  const rest = sumUsd - seats * seatUsd;
  const coinUsd = Math.max((seatUsd / COINS_A_SEAT) * (1 + ROUNDING), leastCoinUsd(rest));
  const coins = Math.floor(rest / coinUsd);
  return coins * coinUsd < leastUsd ? undefined : { seats, coins, coinUsd };
}

/** For an error: what a limit must be at the least. */
export function refusedLimit(maxUsd: number, leastUsd: number, { isLater }: { readonly isLater: boolean }) {
  return new InvalidInputError(
    "maxUsd",
    `at least ${roundedUp(leastUsd)} USD for this job`,
    `${maxUsd}`,
    isLater
      ? "Its earlier rounds are in it."
      : "That much is set aside for its splitter, its aggregator and one worker that takes its whole timeout.",
  );
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
