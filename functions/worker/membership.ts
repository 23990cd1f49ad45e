/** A drainer's part in its group: whether the group's claim still holds, and how it passes on or leaves its place. */
import type { Clock } from "../../shared/clock.ts";
import { type DrainRequest, drainRequest, LAST_GENERATION } from "../../shared/drain.ts";
import { type ClaimStore, lastEndMs, readClaim, writeClaim } from "../../shared/drainer-claim.ts";
import { claimKey } from "../../shared/keys.ts";
import type { DrainOutcome } from "./drain.ts";

/** When one drainer finds the queue empty the others may be at the beginning of the longest message. */
const AT_WORK_AT_MOST = 1.5;
const GRACE_MS = 2_000;

export interface MembershipPorts {
  readonly store: ClaimStore;
  readonly clock: Clock;
  readonly workerTimeoutMs: number;
}

export class Membership {
  readonly #jobId: string;
  readonly #ports: MembershipPorts;

  constructor(jobId: string, ports: MembershipPorts) {
    this.#jobId = jobId;
    this.#ports = ports;
  }

  /** The group's claim, while it holds. */
  async claim() {
    const claim = await readClaim(this.#ports.store, claimKey(this.#jobId));
    return claim && claim.expiresAtMs > this.#ports.clock.epochMs() ? claim : undefined;
  }

  /**
   * Where the queue was empty, lets the claim expire as soon as all drainers must have found it so. Where there were
   * messages to the last, or the queue could not be asked, invokes a successor, who has a new timeout. Throws where store or function cannot be asked.
   */
  async leave(
    generation: number,
    { ended, longestMs }: Pick<DrainOutcome, "ended" | "longestMs">,
    invokeLater: (next: DrainRequest) => Promise<void>,
  ): Promise<void> {
    const { store, clock, workerTimeoutMs } = this.#ports;
    if (ended === "claim" || (ended !== "empty" && generation >= LAST_GENERATION)) return;
    const claim = await this.claim();
    if (!claim) return;
    const nowMs = clock.epochMs();
    if (ended === "empty") {
      // Whoever came too late for any message knows only what the splitter expected.
      const longest = Math.max(longestMs, claim.longestMs);
      const expiresAtMs = Math.round(nowMs + AT_WORK_AT_MOST * longest + GRACE_MS);
      if (expiresAtMs < claim.expiresAtMs) await writeClaim(store, { ...claim, expiresAtMs });
      return;
    }
    // One of the group writes for all who leave at about the same time.
    const expiresAtMs = lastEndMs(nowMs, workerTimeoutMs);
    if (claim.expiresAtMs < expiresAtMs)
      await writeClaim(store, { ...claim, expiresAtMs: expiresAtMs + workerTimeoutMs / 4 });
    await invokeLater(drainRequest(this.#jobId, generation + 1));
  }
}
