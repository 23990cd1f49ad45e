import {
  type LimitPorts,
  longestMsOf,
  ratesOf,
  reserveOf,
  slotsIn,
  slotUsd,
} from "../../shared/plan/limit.ts";
import type { RoundPlan } from "../../shared/plan/plan.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { type Limit, readLimit, takenSlots } from "../../shared/record/limit.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import type { RoundPorts } from "./submit-round.ts";

/** A worker that begins its second message needs a second slot. */
const SLOTS_A_DRAINER = 2;

/** A round whose job may cost only so much. */
export interface LimitedRound {
  readonly plan: RoundPlan;
  /** To be written before the first message is sent; absent where the job has no limit. */
  readonly limit?: Omit<Limit, "version"> | undefined;
}

/**
 * The first round of a job that may cost `maxUsd`; without it, the plan as it is. Throws InvalidInputError where that does not pay for one
 * worker, or nothing is billed here.
 */
export function limitFirstRound(
  plan: RoundPlan,
  maxUsd: number | undefined,
  ports: RoundPorts,
): LimitedRound {
  return maxUsd === undefined ? { plan } : limited(plan, { round: 0, maxUsd, spent: undefined }, ports);
}

/**
 * A later round: its stages are set aside once more, and the slots that are taken stay so. `maxUsd` is the new limit, the earlier one
 * where it is absent. Throws InvalidInputError where no slot is left.
 */
export async function limitLaterRound(
  plan: RoundPlan,
  { jobId, maxUsd: begunWith }: { readonly jobId: string; readonly maxUsd?: number | undefined },
  { round, maxUsd }: { readonly round: number; readonly maxUsd: number | undefined },
  ports: RoundPorts & { readonly store: StoreReader },
): Promise<LimitedRound> {
  // Engines of one process go on with any job for nothing.
  if (begunWith === undefined || !ports.billing) {
    if (maxUsd === undefined) return { plan };
    const expected = begunWith === undefined ? "left out for a job that began without a limit" : NOT_BILLED;
    throw new InvalidInputError("maxUsd", expected, show(maxUsd));
  }
  const before = await readLimit(ports.store, jobId);
  const earlier = before?.maxUsd ?? begunWith;
  if (maxUsd !== undefined && maxUsd < earlier)
    throw new InvalidInputError("maxUsd", `at least ${earlier}, as before`, show(maxUsd));
  const taken = await takenSlots(ports.store, jobId);
  const spent = before && { ...before, taken: taken.size };
  return limited(plan, { round, maxUsd: maxUsd ?? earlier, spent }, ports);
}

const NOT_BILLED = "left out where nothing is billed, as on engines serial and threads";

interface Spent extends Pick<Limit, "reservedUsd" | "slotUsd"> {
  readonly taken: number;
}

function limited(
  plan: RoundPlan,
  {
    round,
    maxUsd,
    spent,
  }: { readonly round: number; readonly maxUsd: number; readonly spent: Spent | undefined },
  { billing, workers = DEFAULT_WORKERS }: RoundPorts,
): LimitedRound {
  if (!billing) throw new InvalidInputError("maxUsd", NOT_BILLED, show(maxUsd));
  const { architecture, prices, memoryMb: ownMemoryMb } = billing;
  const of: LimitPorts = { architecture, prices, ownMemoryMb, ...workers };
  const { spec } = plan.job;
  const rates = ratesOf(spec, of);
  // What was taken before is worth no more than this.
  const slot = Math.max(slotUsd(rates, of), spent?.slotUsd ?? 0);
  const reservedUsd = (spent?.reservedUsd ?? 0) + reserveOf(plan.figures, spec, of);
  const taken = spent?.taken ?? 0;
  const slots = slotsIn({ maxUsd, reservedUsd, slotUsd: slot, taken });
  const most = Math.max(1, Math.floor((slots - taken) / SLOTS_A_DRAINER));
  return {
    plan: { ...plan, drainers: Math.min(plan.drainers, most) },
    limit: { round, maxUsd, reservedUsd, slotUsd: slot, slots, rates, longestMs: longestMsOf(of) },
  };
}
