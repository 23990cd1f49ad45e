import { randomUUID } from "node:crypto";
import { COINS_A_SEAT, leastCoinUsd, MOST_COINS, partsOf, refusedLimit } from "../../shared/plan/limit.ts";
import { pricesOfRound, type RoundPrices, SEATS_A_DRAINER } from "../../shared/plan/limit-of-round.ts";
import type { Round, RoundPlan } from "../../shared/plan/plan.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import type { Store } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { type Limit, readLimit, takenParts, takePart } from "../../shared/record/limit.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { type RoundPorts, workforceOf } from "./submit-round.ts";

/** A round, and the limit of its job. */
export interface LimitedRound {
  readonly plan: RoundPlan;
  /** To be written before the first message is sent; absent where the job has no limit. */
  readonly limit?: Omit<Limit, "version"> | undefined;
}

type LimitedJob = Pick<StoredJob, "jobId" | "maxUsd">;

/**
 * The first round of a job; one without a limit has the plan as it is. Throws InvalidInputError where the limit does not pay for one
 * worker, or nothing is billed here.
 */
export function limitFirstRound(
  plan: RoundPlan,
  { maxUsd }: LimitedJob,
  round: Round,
  ports: RoundPorts,
): LimitedRound {
  if (maxUsd === undefined) return { plan };
  if (plan.kernel.declaration.language === "python")
    throw new InvalidInputError(
      "maxUsd",
      "left out for a kernel in Python, whose workers keep no accounts",
      show(maxUsd),
    );
  const { rates, seatUsd, creditUsd, leastUsd, charged, reservedUsd, longestMs } = pricesHere(
    plan,
    round,
    ports,
    maxUsd,
  );
  const parts = partsOf(maxUsd - reservedUsd, { seatUsd, leastUsd, chargedUsd: charged });
  if (!parts)
    throw refusedLimit(maxUsd, reservedUsd + seatUsd + leastUsd + seatUsd / COINS_A_SEAT, { isLater: false });
  const { seats, coins, coinUsd } = parts;
  return withDrainers(plan, {
    ...{ round: round.round, maxUsd, reservedUsd, rates, longestMs, seatUsd, creditUsd, coinUsd },
    expectedUsd: charged,
    ...{ atOnce: seats, seats: { from: 0, to: seats }, coins: { from: 0, to: coins } },
  });
}

/**
 * A later round: its stages are set aside once more, and what was taken stays so. `maxUsd` is the new limit, the earlier one where it is
 * absent. Throws InvalidInputError where too little is left.
 */
export async function limitLaterRound(
  plan: RoundPlan,
  { jobId, maxUsd: begunWith }: LimitedJob,
  { maxUsd: asked, ...round }: Round & { readonly maxUsd: number | undefined },
  ports: RoundPorts,
): Promise<LimitedRound> {
  // Engines of one process go on with any job for nothing.
  if (begunWith === undefined || !ports.billing) {
    if (asked === undefined) return { plan };
    const expected = begunWith === undefined ? "left out for a job that began without a limit" : NOT_BILLED;
    throw new InvalidInputError("maxUsd", expected, show(asked));
  }
  const { store } = ports;
  const before = await readLimit(store, jobId);
  // Its splitter ended before it had noted one.
  if (!before) return limitFirstRound(plan, { jobId, maxUsd: asked ?? begunWith }, round, ports);
  if (asked !== undefined && asked < before.maxUsd)
    throw new InvalidInputError("maxUsd", `at least ${before.maxUsd}, as before`, show(asked));

  const maxUsd = asked ?? before.maxUsd;
  const { rates, longestMs, creditUsd, leastUsd, charged, ...prices } = pricesHere(
    plan,
    round,
    ports,
    maxUsd,
  );
  // A splitter that is invoked again has set aside what its round takes.
  const reservedUsd = before.round === round.round ? 0 : prices.reservedUsd;
  // A seat that was cut for less does not pay for the worst of these workers.
  const isWorthLess = prices.seatUsd > before.seatUsd;
  const from = isWorthLess ? before.seats.to : before.seats.from;
  const seatUsd = isWorthLess ? prices.seatUsd : before.seatUsd;
  const { coins: former, coinUsd: formerUsd } = before;
  const free = {
    seats: before.seats.to - from - among(await takenParts(store, jobId, "seat"), from),
    coins: former.to - former.from - among(await takenParts(store, jobId, "coin"), former.from),
  };
  const needed = reservedUsd + leastUsd + formerUsd + (free.seats > 0 ? 0 : seatUsd);
  const lacking = needed - free.coins * formerUsd;
  const moreUsd = maxUsd - before.maxUsd;
  if (moreUsd < lacking) throw refusedLimit(maxUsd, before.maxUsd + lacking, { isLater: true });

  const parts = partsOf(moreUsd - reservedUsd, { seatUsd, leastUsd: formerUsd, chargedUsd: charged });
  const seats = parts?.seats ?? (free.seats > 0 ? 0 : 1);
  const leftUsd = moreUsd - reservedUsd - seats * seatUsd;
  await payWithCoins(before, Math.max(0, -leftUsd), { store, jobId });
  const { coins, coinUsd } = furtherCoins(before, free.coins, Math.max(0, leftUsd));
  return withDrainers(plan, {
    ...{ round: round.round, maxUsd, reservedUsd: before.reservedUsd + reservedUsd, rates, longestMs },
    ...{ seatUsd, creditUsd, coinUsd, atOnce: free.seats + seats },
    expectedUsd: Math.max(charged, before.expectedUsd ?? 0),
    ...{ seats: { from, to: before.seats.to + seats }, coins },
  });
}

/** The coins of a later round: as many more as there are for the sum, or others that are worth more where they would be too many. */
function furtherCoins({ coins: { from, to }, coinUsd }: Limit, free: number, usd: number) {
  const more = Math.floor(usd / coinUsd);
  if (free + more <= MOST_COINS) return { coinUsd, coins: { from, to: to + more } };
  // Those that are free stay so: a worker of an earlier round may take them yet.
  const worth = leastCoinUsd(usd);
  return { coinUsd: worth, coins: { from: to, to: to + Math.floor(usd / worth) } };
}

const NOT_BILLED = "left out where nothing is billed, as on engines serial and threads";

function pricesHere(plan: RoundPlan, round: Round, ports: RoundPorts, maxUsd: number): RoundPrices {
  const { billing, workers = DEFAULT_WORKERS } = ports;
  if (!billing) throw new InvalidInputError("maxUsd", NOT_BILLED, show(maxUsd));
  const { memoryMb: ownMemoryMb, ...tariff } = billing;
  return pricesOfRound(
    plan,
    round,
    { ...tariff, ownMemoryMb, ...workers, cap: workforceOf(ports).cap },
    maxUsd,
  );
}

/** No more workers are started than have seats, and the mapping keeps some: its workers can wait for a message, and drainers leave. */
function withDrainers(plan: RoundPlan, limit: Omit<Limit, "version">): LimitedRound {
  const most = Math.floor(limit.atOnce / SEATS_A_DRAINER);
  return { plan: { ...plan, drainers: Math.min(plan.drainers, most) }, limit };
}

/** Takes coins for a sum, as a worker does. Throws InvalidInputError where workers of an earlier round took them meanwhile. */
async function payWithCoins(
  { coinUsd, coins, maxUsd }: Pick<Limit, "coinUsd" | "coins" | "maxUsd">,
  owedUsd: number,
  { store, jobId }: { readonly store: Store; readonly jobId: string },
): Promise<void> {
  let left = Math.ceil(owedUsd / coinUsd);
  if (left === 0) return;
  const taken = await takenParts(store, jobId, "coin");
  const taker = randomUUID();
  for (let number = coins.from; number < coins.to && left > 0; number++)
    if (!taken.has(number) && (await takePart(store, jobId, { part: "coin", number, taker }))) left--;
  if (left > 0) throw refusedLimit(maxUsd, maxUsd + left * coinUsd, { isLater: true });
}

const among = (taken: ReadonlySet<number>, from: number) =>
  [...taken].filter((number) => number >= from).length;
