/**
 * A folder belongs to one process at a time. Each claimant first writes a claim of its own, then looks for other
 * claims. Of two claimants the later writer sees the other's claim, so they never both take the folder. A socket tells
 * by the kernel whether an owner lives; a process of another machine counts as alive while its claim is renewed.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine, pathOf } from "../../../shared/validation/command-line.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import { show } from "../../../shared/validation/parse.ts";
import { printable } from "../../../shared/validation/printable.ts";
import {
  amendClaim,
  bootId,
  type Claim,
  claimPath,
  removeClaim,
  socketName,
  writeClaim,
} from "./claim-file.ts";
import { listenIn } from "./claim-socket.ts";
import { ClaimsIn, type FoundClaim, PATIENCE_MS } from "./claims-in.ts";
import { FORMER_CLAIM, formerOwner, removeFormerClaim } from "./former.ts";
import { renewClaim, renewOnce } from "./renewal.ts";

export interface HeldClaim {
  /**
   * Aborted once the claim is gone: a user removed it, or another process took over after this one was stopped for
   * long.
   */
  readonly lost: AbortSignal;
  /** Gives the folder back. Never throws: an earlier error must not be hidden. */
  release(): void;
}

export interface ClaimOptions {
  /** The delay of the thread that renews the claim: 0 if the engine may block the main thread. */
  readonly renewAfterMs?: number;
  readonly patienceMs?: number;
  /** Receives the reason for a long wait. */
  readonly onWait?: (sentence: string) => void;
}

const POLL_MS = 20;

/**
 * Makes the folder this process's own until it is released. Throws InvalidInputError if another process owns it.
 * @example
 * const claim = await claimFolder(folder);
 * try { await work(claim.lost); } finally { claim.release(); }
 */
export async function claimFolder(folder: string, options: ClaimOptions = {}): Promise<HeldClaim> {
  let name: string | undefined;
  let socket: Awaited<ReturnType<typeof listenIn>>;
  const withdraw = () =>
    orNothing(() => {
      socket?.close();
      if (name !== undefined) removeClaim(folder, name);
    });
  try {
    name = writeClaim(folder);
    socket = await listenIn(folder, socketName(name));
    const boot = bootId();
    if (socket && boot !== undefined) amendClaim(folder, name, { boot, device: statSync(folder).dev });
    await expectNoOther(folder, name, options);
    amendClaim(folder, name, { held: true });
    removeFormerClaim(folder);
    return hold(claimPath(folder, name), withdraw, options);
  } catch (error) {
    withdraw();
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof InvalidInputError || code === undefined) throw error;
    throw new InvalidInputError("job", "one whose folder can be written to", `${show(folder)} (${code})`);
  }
}

/** The process that owns a folder, if there is one. May wait to see whether an owner on another machine still lives. */
export async function runningIn(
  folder: string,
  { patienceMs, onWait }: ClaimOptions = {},
): Promise<Pick<Claim, "pid"> | undefined> {
  if (!isFolder(folder)) return undefined;
  const former = formerOwner(folder);
  if (former !== undefined) return { pid: former };
  const claims = new ClaimsIn(folder, patienceMs);
  for (let isFirst = true; ; isFirst = false) {
    const found = await claims.look();
    const owner = found.find(({ isAlive }) => isAlive);
    if (owner) return owner.claim ?? { pid: 0 };
    if (found.length === 0) return undefined;
    if (isFirst) onWait?.(waiting(folder, found, patienceMs));
    await sleep(POLL_MS);
  }
}

/** False too where this user may not look. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function hold(path: string, withdraw: () => void, { renewAfterMs = 0 }: ClaimOptions): HeldClaim {
  const lost = new AbortController();
  const endRenewal = renewClaim(path, renewAfterMs, () => lost.abort());
  return {
    lost: lost.signal,
    release: () => {
      endRenewal();
      withdraw();
    },
  };
}

/**
 * Returns once every other claim is gone. Among undecided claims the one with the first name stays and the others
 * withdraw, so that exactly one gets the folder. Throws InvalidInputError if this claim withdraws.
 */
async function expectNoOther(
  folder: string,
  own: string,
  { patienceMs = PATIENCE_MS, onWait }: ClaimOptions,
): Promise<void> {
  const former = formerOwner(folder);
  if (former !== undefined)
    throw taken(
      folder,
      `process ${former}`,
      `If that is something else, remove ${show(join(folder, FORMER_CLAIM))}.`,
    );
  const claims = new ClaimsIn(folder, patienceMs);
  const beganMs = performance.now();
  for (let said = false; ; ) {
    const others = await claims.look(own);
    if (others.length === 0) return;
    // A claimant that was stopped before it decided may stay undecided for ever.
    const isLate = performance.now() - beganMs > 2 * patienceMs;
    const first = others.find(
      ({ isAlive, claim, name }) => isLate || (isAlive && (claim?.held || name < own)),
    );
    if (first) throw taken(folder, ownerOf(first), `\`${commandLine("cancel", pathOf(folder))}\` stops it.`);
    const silent = others.filter(({ isAlive }) => !isAlive);
    if (silent.length > 0 && !said) {
      said = true;
      onWait?.(waiting(folder, silent, patienceMs));
    }
    await sleep(POLL_MS);
    renewOnce(claimPath(folder, own)); // another claimant may be watching this claim meanwhile
  }
}

function taken(folder: string, owner: string, hint: string): InvalidInputError {
  return new InvalidInputError(
    "job",
    "one that nobody is computing",
    `${show(folder)}, which ${owner} is at`,
    hint,
  );
}

function waiting(folder: string, [first]: readonly FoundClaim[], patienceMs = PATIENCE_MS): string {
  const seconds = Math.ceil(patienceMs / 1000);
  return `${show(folder)} was claimed by ${ownerOf(first)}, which cannot be asked from here: waiting ${seconds} s at the most, to see whether it lives.`;
}

function ownerOf(found: FoundClaim | undefined): string {
  const claim = found?.claim;
  return claim
    ? `process ${claim.pid} of host ${printable(claim.host)}`
    : "a process that did not say who it is";
}

function orNothing(action: () => void): void {
  try {
    action();
  } catch {}
}
