/** A drainer's part in its group: whether the group's claim still holds, and how it passes on or leaves its place. */

import type { Clock } from "../ports/clock.ts";
import type { DrainOutcome } from "./drain-loop.ts";
import { type DrainRequest, drainRequest, LAST_GENERATION } from "./drain-request.ts";
import {
  type ClaimStore,
  endClaim,
  lastEndMs,
  readClaim,
  type StandingClaim,
  writeClaim,
} from "./drainer-claim.ts";

/** When one drainer finds the queue empty the others may be at the beginning of the longest message. */
const AT_WORK_AT_MOST = 1.5;
const GRACE_MS = 2_000;
/** A splitter that looks now may find a claim ended that is extended later than so long before its end. */
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
   * Where the queue was empty, lets the claim end as soon as all drainers must have found it so. Where there were messages to
   * the last, invokes a successor, who has a new timeout. A queue that could not be asked is left to the mapping: successors
   * would only ask it, too, for as long as it lasts. Throws where store or function cannot be asked.
   */
  async leave(
    { ended, longestMs }: Pick<DrainOutcome, "ended" | "longestMs">,
    invokeLater: (next: DrainRequest) => Promise<void>,
  ): Promise<void> {
    if (ended !== "empty" && ended !== "time") return;
    const standing = await this.#standing();
    if (!standing) return;
    if (ended === "empty") await this.#endSoon(standing, longestMs);
    else if (this.#request.generation < LAST_GENERATION) await this.#relay(standing, invokeLater);
  }

  async #standing(): Promise<StandingClaim | undefined> {
    const standing = await readClaim(this.#ports.store, this.#request);
    return standing && standing.endsAtMs > this.#ports.clock.epochMs() ? standing : undefined;
  }

  async #endSoon({ claim, endsAtMs }: StandingClaim, longestMs: number): Promise<void> {
    const { store, clock } = this.#ports;
    // Whoever came too late for any message knows only what the splitter expected.
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
    // One of the group writes for all who leave at about the same time.
    const expiresAtMs = lastEndMs(nowMs, workerTimeoutMs);
    if (endsAtMs < expiresAtMs)
      await writeClaim(store, { ...claim, expiresAtMs: expiresAtMs + workerTimeoutMs / 4 });
    await invokeLater(drainRequest(this.#request, this.#request.generation + 1));
  }
}
