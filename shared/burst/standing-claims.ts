/** The claims that hold, and the removal of those that do not. */

import type { Clock } from "../ports/clock.ts";
import { inLanes } from "../ports/lanes.ts";
import type { Store } from "../ports/store.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { claimEndKey, claimKey, DRAINERS_PREFIX, groupIn } from "./claim-keys.ts";
import { readClaim, type StandingClaim } from "./drainer-claim.ts";

const READ_AT_ONCE = 64;

export type ClaimedPlaces = Pick<Store, "get" | "put" | "list"> & { delete(key: string): Promise<void> };

/**
 * The standing claims of all jobs. Removes ended claims, and claims of another version that cannot be read and so would
 * never end. That is safe: no key is used twice, so no other claim can have this key by now.
 */
export async function standingClaims(store: ClaimedPlaces, clock: Clock): Promise<StandingClaim[]> {
  const keys = new Set<string>();
  for await (const key of store.list(DRAINERS_PREFIX)) keys.add(key);
  const claims = await inLanes([...keys], READ_AT_ONCE, async (key) => {
    const group = groupIn(key);
    if (group && key === claimEndKey(group) && keys.has(claimKey(group))) return undefined;
    const standing = group && (await orNothing(readClaim(store, group)));
    if (standing && standing.endsAtMs > clock.epochMs()) return standing;
    const over = group ? [claimKey(group), claimEndKey(group)].filter((one) => keys.has(one)) : [key];
    await Promise.all(over.map((one) => store.delete(one)));
    return undefined;
  });
  return claims.filter((claim) => claim !== undefined);
}

async function orNothing<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return undefined;
  }
}
