import {
  IN_ONE_BATCH,
  type LimitPorts,
  longestMsOf,
  ratesOf,
  reserveOf,
  slotsIn,
  slotUsd,
} from "../../shared/plan/limit.ts";
import { planRound, type Round, type RoundPlan } from "../../shared/plan/plan.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { type Limit, readLimit, takenSlots } from "../../shared/record/limit.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { type RoundPorts, workforceOf } from "./submit-round.ts";

/** A worker that begins its second message needs a second slot. */
const SLOTS_A_DRAINER = 2;

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
  return maxUsd === undefined ? { plan } : limited(plan, { round, maxUsd }, ports);
}

/**
 * A later round: its stages are set aside once more, and the slots that are taken stay so. `maxUsd` is the new limit, the earlier one
 * where it is absent. Throws InvalidInputError where no slot is left.
 */
export async function limitLaterRound(
  plan: RoundPlan,
  { jobId, maxUsd: begunWith }: LimitedJob,
  { maxUsd, ...round }: Round & { readonly maxUsd: number | undefined },
  ports: RoundPorts,
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
  const { size: taken } = await takenSlots(ports.store, jobId);
  const spent = before && { ...before, taken };
  return limited(plan, { round, maxUsd: maxUsd ?? earlier, spent }, ports);
}

const NOT_BILLED = "left out where nothing is billed, as on engines serial and threads";

interface Asked {
  readonly round: Round;
  readonly maxUsd: number;
  /** By earlier rounds. */
  readonly spent?: (Pick<Limit, "reservedUsd" | "slotUsd"> & { readonly taken: number }) | undefined;
}

function limited(plan: RoundPlan, { round, maxUsd, spent }: Asked, ports: RoundPorts): LimitedRound {
  const { billing, workers = DEFAULT_WORKERS } = ports;
  if (!billing) throw new InvalidInputError("maxUsd", NOT_BILLED, show(maxUsd));
  const { architecture, prices, memoryMb: ownMemoryMb } = billing;
  const of: LimitPorts = { architecture, prices, ownMemoryMb, ...workers };
  const { job, kernel } = plan;
  const rates = ratesOf(job.spec, of);
  // What was taken before is worth no more than this.
  const slot = Math.max(slotUsd(rates, job, of), spent?.slotUsd ?? 0);
  const { figures } = planRound(job, kernel, { ...workforceOf(ports), timing: IN_ONE_BATCH }, round);
  const reservedUsd = (spent?.reservedUsd ?? 0) + reserveOf(figures, job.spec, of);
  const taken = spent?.taken ?? 0;
  const slots = slotsIn({ maxUsd, reservedUsd, slotUsd: slot, taken });
  const most = Math.max(1, Math.floor((slots - taken) / SLOTS_A_DRAINER));
  const longestMs = longestMsOf(of);
  return {
    plan: { ...plan, drainers: Math.min(plan.drainers, most) },
    limit: { round: round.round, maxUsd, reservedUsd, slotUsd: slot, slots, rates, longestMs },
  };
}
