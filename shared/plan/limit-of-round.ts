/** What a round costs under a limit: what is set aside for it, its seats, and what is paid in coins. Pure. */
import type { Cap } from "../ports/fleet.ts";
import type { Limit } from "../record/limit.ts";
import {
  AGGREGATORS,
  COINS_A_SEAT,
  chargedUsd,
  creditUsdOf,
  IN_ONE_BATCH,
  LEAST_ESTIMATES,
  type LimitPorts,
  leastCoinsUsd,
  longestMsOf,
  MOST_SHARE,
  ratesOf,
  reserveOf,
  seatUsdOf,
} from "./limit.ts";
import { planRound, type Round, type RoundPlan } from "./plan.ts";

/** The mapping's workers take seats too, and so does a drainer's successor. */
export const SEATS_A_DRAINER = 2;

/** A deployment, or what stands for one. */
export interface PricedFor extends LimitPorts {
  readonly cap?: Cap | undefined;
}

export type RoundPrices = ReturnType<typeof pricesOfRound>;

/** What the round's stages and workers take, at the deployment's prices. */
export function pricesOfRound(
  { job, kernel, ramp, drainers: wanted, figures: expected }: RoundPlan,
  round: Round | undefined,
  of: PricedFor,
  maxUsd: number,
) {
  const { cap } = of;
  const rates = ratesOf(job.spec, of);
  const { figures } = planRound(job, kernel, { workers: of, cap, timing: IN_ONE_BATCH }, round);
  const seatUsd = seatUsdOf(rates, of);
  const drainers = ramp === "burst" ? Math.min(wanted, Math.floor(maxUsd / seatUsd / SEATS_A_DRAINER)) : 0;
  const atWork = Math.min(figures.messages, cap ? cap.mapping + drainers : figures.workers);
  return {
    rates,
    creditUsd: creditUsdOf(rates),
    longestMs: longestMsOf(of),
    seatUsd,
    leastUsd: leastCoinsUsd(rates, job, figures),
    charged: chargedUsd(rates, expected, of),
    reservedUsd: reserveOf(figures, { rates, workers: atWork, drainers }, job, of),
  };
}

/** A limit that is probably enough for a round that costs up to `highUsd`: with one worker at a time, at the least. */
export function enoughUsd(plan: RoundPlan, round: Round | undefined, of: PricedFor, highUsd: number): number {
  const { rates, seatUsd, leastUsd, reservedUsd } = pricesOfRound(plan, round, of, highUsd);
  const { messages } = plan.figures;
  return enough(
    { reservedUsd, seatUsd, coinUsd: seatUsd / COINS_A_SEAT },
    highUsd + messages * rates.perReport,
    leastUsd,
  );
}

/** The same for what a job lacks that has reached its limit, where what it has took `paidUsd` in coins. */
export function enoughLaterUsd(
  limit: Limit,
  paidUsd: number,
  { done, total }: { readonly done: number; readonly total: number },
) {
  const { maxUsd, expectedUsd = 0 } = limit;
  const wholeUsd = done > 0 ? (paidUsd * total) / done : Math.max(expectedUsd, paidUsd);
  return maxUsd + enough(limit, (LEAST_ESTIMATES * wholeUsd * (total - done)) / total);
}

/** Coins are up to nine tenths of what is not set aside (partsOf), and a worker and each aggregator have one left. */
function enough(
  { reservedUsd, seatUsd, coinUsd }: Pick<Limit, "reservedUsd" | "seatUsd" | "coinUsd">,
  paidUsd: number,
  leastUsd = 0,
): number {
  return reservedUsd + seatUsd + Math.max(leastUsd, paidUsd / MOST_SHARE + (1 + AGGREGATORS) * coinUsd);
}
