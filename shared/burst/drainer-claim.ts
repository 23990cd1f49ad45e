/**
 * The number of drainers that a job may have at work: an object that its splitter writes before it starts them.
 * Reserved concurrency would keep the cap too, but by throttling, which uses up the messages' deliveries.
 */
import * as v from "valibot";
import { RoundSchema } from "../messages/chunk-message.ts";
import { JobIdSchema } from "../messages/job-id.ts";
import { getParsed, putJson, type Store } from "../ports/store.ts";
import { MAX_EVENT_AGE_SECONDS } from "../validation/env.ts";
import { count, finite, milliseconds } from "../validation/numbers.ts";
import { versioned, versionedAndKept } from "../validation/versioned.ts";
import { claimEndKey, claimKey, type Group } from "./claim-keys.ts";

/** A drainer that extends its group's claim writes back what it read. */
const DrainerClaimSchema = versionedAndKept(1, {
  jobId: JobIdSchema,
  /** The drainers that were started together, and their successors. */
  group: v.string(),
  /** The job's, for whose messages they were started. */
  round: RoundSchema,
  drainers: count,
  /** The longest time of the job's heaviest message, by its estimated work. */
  longestMs: finite,
  /** False while its splitter may still lower the number, having seen the others' claims. */
  settled: v.boolean(),
  /** Since the epoch: by then its last drainer has ended, or said that there are more. */
  expiresAtMs: milliseconds,
});
export type DrainerClaim = v.InferOutput<typeof DrainerClaimSchema>;

/**
 * An object of its own, so that ending a claim does not undo a simultaneous extension by another drainer: the end
 * counts only for the claim with that expiry.
 */
const ClaimEndSchema = versioned(1, {
  insteadOfMs: milliseconds,
  endsAtMs: milliseconds,
});

export type ClaimStore = Pick<Store, "get" | "put">;

/** A claim and when it ends: when it expires, or before. */
export interface StandingClaim {
  readonly claim: DrainerClaim;
  readonly endsAtMs: number;
}

/** Throws InvalidInputError if the claim cannot be read, and NewerVersionError. */
export async function readClaim(store: Pick<Store, "get">, group: Group): Promise<StandingClaim | undefined> {
  const [claim, end] = await Promise.all([
    getParsed(store, claimKey(group), DrainerClaimSchema),
    getParsed(store, claimEndKey(group), ClaimEndSchema),
  ]);
  if (!claim) return undefined;
  return { claim, endsAtMs: end?.insteadOfMs === claim.expiresAtMs ? end.endsAtMs : claim.expiresAtMs };
}

export function writeClaim(store: Pick<Store, "put">, claim: DrainerClaim): Promise<void> {
  return putJson(store, claimKey(claim), claim);
}

export function endClaim(store: Pick<Store, "put">, claim: DrainerClaim, endsAtMs: number): Promise<void> {
  return putJson(store, claimEndKey(claim), { version: 1, insteadOfMs: claim.expiresAtMs, endsAtMs });
}

/**
 * The time by which workers that are invoked now have all ended: the last may wait for MAX_EVENT_AGE_SECONDS, and then
 * use its whole timeout.
 */
export function lastEndMs(nowMs: number, workerTimeoutMs: number): number {
  return nowMs + MAX_EVENT_AGE_SECONDS * 1000 + workerTimeoutMs;
}
