/**
 * How many drainers a job may have at work: an object that its splitter writes before it starts them. Reserved
 * concurrency would keep the cap too, but by throttling, which uses up the messages' deliveries.
 */
import * as v from "valibot";
import { MAX_EVENT_AGE_SECONDS } from "./env.ts";
import { JobIdSchema } from "./job.ts";
import { claimKey } from "./keys.ts";
import { getParsed, putJson, type Store } from "./stores/store.ts";

const DrainerClaimSchema = v.strictObject({
  version: v.literal(1),
  jobId: JobIdSchema,
  drainers: v.number(),
  /** What the job's heaviest message should take at the most, by its estimated work. */
  longestMs: v.number(),
  /** False while its splitter may still lower the number, having seen the others' claims. */
  settled: v.boolean(),
  /** Since the epoch: by then its last drainer has ended, or said that there are more. */
  expiresAtMs: v.number(),
});
export type DrainerClaim = v.InferOutput<typeof DrainerClaimSchema>;

export type ClaimStore = Pick<Store, "get" | "put">;

export function readClaim(store: ClaimStore, key: string): Promise<DrainerClaim | undefined> {
  return getParsed(store, key, DrainerClaimSchema);
}

export function writeClaim(store: ClaimStore, claim: DrainerClaim): Promise<void> {
  return putJson(store, claimKey(claim.jobId), claim);
}

/** When workers that are invoked now have all ended: the last may wait for so long, and then takes all of its time. */
export function lastEndMs(nowMs: number, workerTimeoutMs: number): number {
  return nowMs + MAX_EVENT_AGE_SECONDS * 1000 + workerTimeoutMs;
}
