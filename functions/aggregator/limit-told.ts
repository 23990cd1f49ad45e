import { enoughLaterUsd } from "../../shared/plan/limit-of-round.ts";
import type { Store } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { readLimit, takenParts } from "../../shared/record/limit.ts";
import type { Summary } from "../../shared/record/summary.ts";

/** What a summary says of a job's limit, and how many of its seats and coins are taken; nothing of a job without one. */
export async function limitTold(
  { jobId, maxUsd }: StoredJob,
  { chunks, cancelledFor }: Pick<Summary, "chunks" | "cancelledFor">,
  store: Store,
): Promise<{ readonly taken: number; readonly told: Pick<Summary, "limit"> }> {
  const limit = maxUsd === undefined ? undefined : await readLimit(store, jobId);
  if (!limit) return { taken: 0, told: {} };
  const coins = (await takenParts(store, jobId, "coin")).size;
  const seats = (await takenParts(store, jobId, "seat")).size;
  const enoughUsd = cancelledFor && enoughLaterUsd(limit, coins * limit.coinUsd, chunks);
  return {
    taken: coins + seats,
    told: { limit: { maxUsd: limit.maxUsd, ...(enoughUsd !== undefined && { enoughUsd }) } },
  };
}
