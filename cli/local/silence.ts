import { setTimeout as sleep } from "node:timers/promises";
import { isIdle, type QueueDepth } from "../../shared/ports/queue.ts";

const POLL_MS = 250;
/** Without any message that could still come: enough for one that is just being moved from queue to queue. */
const PATIENCE_MS = 2_000;
/** Chunks are issued again three times, then given up: a job that goes on after so many looks has an aggregator that cannot. */
const MOST_LOOKS = 10;

export interface SilencePorts {
  /** True while a function runs, or is about to. */
  readonly isAtWork: () => boolean;
  readonly depths: () => Promise<readonly QueueDepth[]>;
  /** How long (ms) a message may be hidden that comes again by itself. */
  readonly longestPauseMs: number;
  /** Has the aggregator issue again what the job lacks. */
  readonly settle: () => Promise<unknown>;
  /** Monotonic ms. */
  readonly now?: () => number;
  readonly pollMs?: number;
}

/**
 * Notices that a run would wait for ever: no function runs, and no message is to be had, as one was purged, or is hidden by a
 * clock that was set back while it was put off. On AWS the checks find this out; here whoever runs the job sees it sooner.
 * Ends, by throwing, when the signal is aborted or settling does not help.
 */
export async function settleInSilence(
  { isAtWork, depths, longestPauseMs, settle, now = () => performance.now(), pollMs = POLL_MS }: SilencePorts,
  signal: AbortSignal,
): Promise<never> {
  let quietSinceMs: number | undefined;
  for (let looks = 0; ; ) {
    await sleep(pollMs, undefined, { signal });
    const found = isAtWork() ? undefined : await depths();
    if (!found || isAtWork() || found.some(({ waiting }) => waiting > 0)) {
      quietSinceMs = undefined;
      continue;
    }
    quietSinceMs ??= now();
    const isEmpty = found.every((depth) => isIdle(depth) && depth.delayed === 0);
    if (now() - quietSinceMs < (isEmpty ? 0 : longestPauseMs) + PATIENCE_MS) continue;
    if (++looks > MOST_LOOKS) throw new SilenceError();
    await settle();
    quietSinceMs = undefined;
  }
}

export class SilenceError extends Error {
  constructor() {
    super("Expected the job to end once nothing of it was under way, it did not");
  }
}
