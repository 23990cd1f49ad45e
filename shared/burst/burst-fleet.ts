/** The fleet that splitters start as they go: each claims, in the store, as many places as the cap and the others leave it. */

import type { Clock } from "../ports/clock.ts";
import type { Cap, Fleet, Wanted } from "../ports/fleet.ts";
import { claimKey } from "./claim-keys.ts";
import { type DrainRequest, drainRequest } from "./drain-request.ts";
import { type DrainerClaim, lastEndMs, type StandingClaim, writeClaim } from "./drainer-claim.ts";
import { type ClaimedPlaces, standingClaims } from "./standing-claims.ts";

/** A few at a time: the splitter's answer waits for them, and one connection takes about 20 ms for each. */
const INVOKES_IN_FLIGHT = 32;
const BIDS = 3;
const LONGEST_PAUSE_MS = 300;
/** The longest time that a splitter waits for places that will become free, after it has sent all its messages. */
const LONGEST_WAIT_MS = 30_000;
/** The part of the splitter's own time that is kept for the steps after the wait. */
const RESERVED_MS = 30_000;

export interface BurstPorts {
  /** Shared by all jobs. */
  readonly cap: Cap;
  readonly workerTimeoutMs: number;
  readonly store: ClaimedPlaces;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<unknown>;
  /** A name that no group of drainers had before. */
  readonly newGroup: () => string;
  /** The splitter's remaining time (ms); absent if it has no limit. */
  readonly remainingMs?: (() => number) | undefined;
  /** Throws where the worker function cannot be asked, after trying for a while. */
  readonly invokeLater: (request: DrainRequest) => Promise<void>;
  /** Is told what went wrong: the mapping makes up for it. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

export function burstFleet(ports: BurstPorts): Fleet {
  return { cap: ports.cap, start: (wanted) => startDrainers(wanted, ports) };
}

/** Where others are in the way that are just over it waits for them, once, and starts the rest as a second group. */
async function startDrainers(wanted: Wanted, ports: BurstPorts): Promise<number> {
  const { clock, pause, store } = ports;
  let started = 0;
  try {
    // A splitter before this one broke off after it had started them.
    if ((await standingClaims(store, clock)).some(({ claim }) => isForSame(wanted, claim))) return 0;

    const first = await claimPlaces(wanted, ports);
    started = await fill(first.claim, ports);
    const isRefused = started < first.claim.drainers;
    if (isRefused || first.moreAtMs === undefined) return started;

    await pause(first.moreAtMs - clock.epochMs());
    const second = await claimPlaces({ ...wanted, workers: wanted.workers - started }, ports);
    started += await fill(second.claim, ports);
  } catch (error) {
    ports.onTrouble("no claim could be made to workers", error);
  }
  return started;
}

function isForSame({ jobId, round }: Wanted, claim: DrainerClaim): boolean {
  return claim.settled && claim.jobId === jobId && claim.round === round;
}

/** What was claimed of the cap. */
export interface Places {
  /** Settled; stored unless it claims no places. */
  readonly claim: DrainerClaim;
  /** When there will be more, if that is soon. */
  readonly moreAtMs: number | undefined;
}

/** Claims as many of the wanted places as the others leave. */
export async function claimPlaces(wanted: Wanted, ports: BurstPorts): Promise<Places> {
  for (let attempt = 1; ; attempt++) {
    const { claim, others } = await bid(wanted, ports);
    // A splitter in the way that has not settled yet may still leave some places.
    const mayChange = claim.drainers === 0 && others.some((other) => !other.claim.settled);
    if (!mayChange || attempt === BIDS) {
      const isLess = claim.drainers < Math.min(wanted.workers, ports.cap.burst);
      return { claim, moreAtMs: isLess ? lastEndWithin(others, ports) : undefined };
    }
    await ports.pause(Math.random() * LONGEST_PAUSE_MS);
  }
}

/**
 * Each splitter writes its claim before it looks at those of the others (S3 lists what was written before), so of two that
 * come at once at least one sees the other: they may get too few together, never too many. Each bid is for a new group,
 * under a key of its own: drainers at work keep their claim, whatever becomes of a later bid.
 */
async function bid({ jobId, round, workers, longestMs }: Wanted, ports: BurstPorts) {
  const { clock, cap, store, workerTimeoutMs } = ports;
  const most = Math.min(workers, cap.burst);
  const group = ports.newGroup();
  const claimFor = (drainers: number, settled: boolean): DrainerClaim => ({
    ...{ version: 1, jobId, group, round, drainers, longestMs, settled },
    expiresAtMs: lastEndMs(clock.epochMs(), workerTimeoutMs),
  });
  try {
    await writeClaim(store, claimFor(most, false));
    const others = (await standingClaims(store, clock)).filter(({ claim }) => claim.group !== group);
    const taken = others.reduce((sum, { claim }) => sum + claim.drainers, 0);
    const claim = claimFor(Math.max(0, Math.min(most, cap.burst - taken)), true);
    await settleClaim(claim, ports);
    return { claim, others };
  } catch (error) {
    // No drainer works under this claim, and it would take places from other jobs.
    await store.delete(claimKey({ jobId, group })).catch(() => {});
    throw error;
  }
}

/** When the last of those claims ends that end while this splitter may wait for them. */
function lastEndWithin(claims: readonly StandingClaim[], { clock, remainingMs }: BurstPorts) {
  const mayWaitMs = Math.min(LONGEST_WAIT_MS, (remainingMs?.() ?? Number.POSITIVE_INFINITY) - RESERVED_MS);
  const soonMs = clock.epochMs() + mayWaitMs;
  const ends = claims.map(({ endsAtMs }) => endsAtMs).filter((endMs) => endMs < soonMs);
  return ends.length > 0 ? Math.max(...ends) : undefined;
}

/** A claim for zero drainers is removed. */
function settleClaim(claim: DrainerClaim, { store }: BurstPorts): Promise<void> {
  return claim.drainers === 0 ? store.delete(claimKey(claim)) : writeClaim(store, claim);
}

/** Starts a drainer for each claimed place, the group's keeper first, gives back those that it could not fill, and returns how many it filled. Never throws. */
async function fill(claim: DrainerClaim, ports: BurstPorts): Promise<number> {
  let left = Math.max(0, claim.drainers - 1);
  let started = 0;
  const refusals: unknown[] = [];
  const start = async (isKeeper: boolean) => {
    try {
      await ports.invokeLater(drainRequest(claim, 1, isKeeper));
      started++;
    } catch (error) {
      refusals.push(error);
    }
  };
  const lane = async () => {
    // After the first refusal no lane goes on: `invokeLater` has tried several times, and the others would meet the
    // same.
    while (left > 0 && refusals.length === 0) {
      left--;
      await start(false);
    }
  };
  // Alone: a group whose keeper was refused would have none that waits for a last message.
  if (claim.drainers > 0) await start(true);
  await Promise.all(Array.from({ length: INVOKES_IN_FLIGHT }, lane));
  if (refusals.length > 0) {
    ports.onTrouble(`started ${started} of ${claim.drainers} workers`, refusals[0]);
    const giveBack = settleClaim({ ...claim, drainers: started }, ports);
    await giveBack.catch((error: unknown) => ports.onTrouble("places could not be given back", error));
  }
  return started;
}
