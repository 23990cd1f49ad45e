/** A drainer's part in its group: whether the group's claim still holds, and how it passes on or leaves its place. */

import type { Clock } from "../ports/clock.ts";
import type { DrainOutcome } from "./drain-loop.ts";
import { type DrainRequest, LAST_GENERATION } from "./drain-request.ts";
import {
  type ClaimStore,
  endClaim,
  lastEndMs,
  readClaim,
  type StandingClaim,
  writeClaim,
} from "./drainer-claim.ts";

/** When one drainer finds the queue empty, the others may have just begun the longest message. */
const AT_WORK_AT_MOST = 1.5;
const GRACE_MS = 2_000;
/** Extend no later than this before expiry: a splitter may already have read the claim as expired. */
const TOO_LATE_MS = 1_000;

export interface MembershipPorts {
  readonly store: ClaimStore;
  readonly clock: Clock;
  readonly workerTimeoutMs: number;
}

export class Membership {
  readonly #request: DrainRequest;
  readonly #ports: MembershipPorts;

  constructor(request: DrainRequest, ports: MembershipPorts) {
    this.#request = request;
    this.#ports = ports;
  }

  /** The group's claim, while it holds. */
  async claim() {
    return (await this.#standing())?.claim;
  }

  /**
   * Leaves the group. If the queue was empty, its keeper, which alone has asked all of SQS's servers, ends the claim as soon
   * as all drainers must have found it so. If there were messages to the end, invokes a successor, which has a new timeout. A queue that cannot be asked is left to the
   * mapping: successors would only ask it, too, until it recovers. Throws if the store or the function cannot be asked.
   */
  async leave(
    { ended, longestMs }: Pick<DrainOutcome, "ended" | "longestMs">,
    invokeLater: (next: DrainRequest) => Promise<void>,
  ): Promise<void> {
    const mayEnd = ended === "empty" && this.#request.isKeeper;
    if (!mayEnd && ended !== "time") return;
    const standing = await this.#standing();
    if (!standing) return;
    if (mayEnd) await this.#endSoon(standing, longestMs);
    else if (this.#request.generation < LAST_GENERATION) await this.#relay(standing, invokeLater);
  }

  async #standing(): Promise<StandingClaim | undefined> {
    const standing = await readClaim(this.#ports.store, this.#request);
    return standing && standing.endsAtMs > this.#ports.clock.epochMs() ? standing : undefined;
  }

  async #endSoon({ claim, endsAtMs }: StandingClaim, longestMs: number): Promise<void> {
    const { store, clock } = this.#ports;
    // A drainer that came too late for any message knows only the splitter's estimate.
    const longest = Math.max(longestMs, claim.longestMs);
    const soonMs = Math.round(clock.epochMs() + AT_WORK_AT_MOST * longest + GRACE_MS);
    if (soonMs < endsAtMs) await endClaim(store, claim, soonMs);
  }

  async #relay(
    { claim, endsAtMs }: StandingClaim,
    invokeLater: (next: DrainRequest) => Promise<void>,
  ): Promise<void> {
    const { store, clock, workerTimeoutMs } = this.#ports;
    const nowMs = clock.epochMs();
    if (endsAtMs - nowMs < TOO_LATE_MS) return;
    // One drainer writes for all that leave at about the same time.
    const expiresAtMs = lastEndMs(nowMs, workerTimeoutMs);
    if (endsAtMs < expiresAtMs)
      await writeClaim(store, { ...claim, expiresAtMs: expiresAtMs + workerTimeoutMs / 4 });
    await invokeLater({ ...this.#request, generation: this.#request.generation + 1 });
  }
}
