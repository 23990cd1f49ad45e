/** Workers started by the splitter, as many as the cap leaves to this job. */
import type { Clock } from "../../shared/clock.ts";
import { type DrainRequest, drainRequest } from "../../shared/drain.ts";
import { type DrainerClaim, lastEndMs, readClaim, writeClaim } from "../../shared/drainer-claim.ts";
import { InvalidInputError } from "../../shared/errors.ts";
import { claimKey, DRAINERS_PREFIX } from "../../shared/keys.ts";
import type { Store } from "../../shared/stores/store.ts";
import type { Cap } from "./ramp.ts";

/** A few at a time: the splitter's answer waits for them, and one connection takes about 20 ms for each. */
const INVOKES_IN_FLIGHT = 32;
const CLAIM_ROUNDS = 3;
/** So long a splitter waits for places that are known to become free, when all its messages are sent. */
const LONGEST_WAIT_MS = 30_000;
const LONGEST_PAUSE_MS = 300;

export interface BurstPorts {
  /** Of all jobs together. */
  readonly cap: Cap;
  readonly workerTimeoutMs: number;
  readonly store: Pick<Store, "get" | "put" | "list"> & { delete(key: string): Promise<void> };
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<unknown>;
  /** Throws where the worker function cannot be asked, after trying for a while. */
  readonly invokeLater: (request: DrainRequest) => Promise<void>;
  /** Is told what went wrong: the mapping makes up for it. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** What a job wants of the cap. */
export interface Wanted {
  readonly jobId: string;
  readonly drainers: number;
  /** Of its heaviest message, by its estimated work. */
  readonly longestMs: number;
}

/** Starts up to as many drainers as are wanted and returns how many. Never throws. */
export async function startDrainers(wanted: Wanted, ports: BurstPorts): Promise<number> {
  let started = 0;
  try {
    // A splitter before this one broke off after it had started them.
    const earlier = await readableClaim(claimKey(wanted.jobId), ports);
    if (earlier?.settled && earlier.expiresAtMs > ports.clock.epochMs()) return 0;
    // Twice: a claim in the way that is about to expire, of a job that is just over, is waited for.
    for (const isLast of [false, true]) {
      const { granted, moreAtMs } = await claimDrainers(wanted, ports);
      const [invoked, refused] = await invoke(wanted.jobId, granted - started, ports);
      started += invoked;
      if (refused !== undefined) {
        ports.onTrouble(`started ${started} of ${granted} workers`, refused);
        await settleClaim({ ...wanted, drainers: started }, ports);
      }
      if (isLast || refused !== undefined || moreAtMs === undefined) break;
      await ports.pause(moreAtMs - ports.clock.epochMs());
    }
  } catch (error) {
    ports.onTrouble("no claim could be made to workers", error);
    // Nobody works under it, and it would stand in the way of others.
    if (started === 0) await ports.store.delete(claimKey(wanted.jobId)).catch(() => {});
  }
  return started;
}

/** How many of the invocations were taken, and why not all, if not all. */
async function invoke(jobId: string, count: number, ports: BurstPorts): Promise<[number, unknown]> {
  let left = count;
  let taken = 0;
  let refused: unknown;
  const lane = async () => {
    // Whoever was refused time and again speaks for the others.
    while (left > 0 && refused === undefined) {
      left--;
      try {
        await ports.invokeLater(drainRequest(jobId, 1));
        taken++;
      } catch (error) {
        refused = error;
      }
    }
  };
  await Promise.all(Array.from({ length: INVOKES_IN_FLIGHT }, lane));
  return [taken, refused];
}

/** What a claim came to. */
export interface Claimed {
  readonly granted: number;
  /** When there will be more, if that is soon. */
  readonly moreAtMs?: number | undefined;
}

/**
 * Claims as many of the wanted drainers as the others leave. Each splitter writes its claim
 * before it looks at those of the others (S3 lists what was written before), so of two that come at once at least
 * one sees the other: they may get too few together, never too many. Who was in the way of one that had not yet made
 * up its mind tries again.
 */
export async function claimDrainers(wanted: Wanted, ports: BurstPorts): Promise<Claimed> {
  const { clock, cap, pause, store, workerTimeoutMs } = ports;
  const { jobId } = wanted;
  const most = Math.min(wanted.drainers, cap.burst);
  for (let round = 1; ; round++) {
    const expiresAtMs = lastEndMs(clock.epochMs(), workerTimeoutMs);
    await writeClaim(store, { version: 1, ...wanted, drainers: most, settled: false, expiresAtMs });
    const others = await claimsOfOthers(jobId, ports);
    const taken = others.reduce((sum, { drainers }) => sum + drainers, 0);
    const granted = Math.max(0, Math.min(most, cap.burst - taken));
    await settleClaim({ ...wanted, drainers: granted }, ports);
    const mayChange = others.some(({ settled }) => !settled);
    if (granted > 0 || !mayChange || round === CLAIM_ROUNDS) {
      const soon = clock.epochMs() + LONGEST_WAIT_MS;
      const ends = others.map((claim) => claim.expiresAtMs).filter((endMs) => endMs < soon);
      return { granted, moreAtMs: granted < most && ends.length > 0 ? Math.max(...ends) : undefined };
    }
    await pause(Math.random() * LONGEST_PAUSE_MS);
  }
}

async function settleClaim(granted: Wanted, { clock, store, workerTimeoutMs }: BurstPorts) {
  if (granted.drainers === 0) return store.delete(claimKey(granted.jobId));
  const expiresAtMs = lastEndMs(clock.epochMs(), workerTimeoutMs);
  return writeClaim(store, { version: 1, ...granted, settled: true, expiresAtMs });
}

/** Those that still hold; the others are removed, as their jobs have no reason to come back to them. */
async function claimsOfOthers(jobId: string, ports: BurstPorts): Promise<DrainerClaim[]> {
  const { clock, store } = ports;
  const keys: string[] = [];
  for await (const key of store.list(DRAINERS_PREFIX)) if (key !== claimKey(jobId)) keys.push(key);
  const claims = await Promise.all(
    keys.map(async (key) => {
      const claim = await readableClaim(key, ports);
      if (!claim || claim.expiresAtMs > clock.epochMs()) return claim;
      await store.delete(key);
      return undefined;
    }),
  );
  return claims.filter((claim) => claim !== undefined);
}

/** One that another version left, and nobody can read, would never expire: it is removed. */
async function readableClaim(key: string, { store }: BurstPorts): Promise<DrainerClaim | undefined> {
  try {
    return await readClaim(store, key);
  } catch (error) {
    if (!(error instanceof InvalidInputError) && !(error instanceof SyntaxError)) throw error;
    await store.delete(key);
    return undefined;
  }
}
