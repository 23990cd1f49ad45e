import { setTimeout as sleep } from "node:timers/promises";
import { isEmpty, type QueueDepth } from "../../shared/ports/queue.ts";
import { LocalEngineError } from "../engines/local-engine-error.ts";

const POLL_MS = 250;
/** Silence counts after this long without a message: a message may just be moving from queue to queue. */
const PATIENCE_MS = 2_000;
/**
 * The aggregator reissues chunks three times, then gives them up. A job that goes on after this number of looks has an
 * aggregator that cannot end it.
 */
const MOST_LOOKS = 10;

export interface SilencePorts {
  /** True while a function runs, or is about to. */
  readonly isAtWork: () => boolean;
  readonly depths: () => Promise<readonly QueueDepth[]>;
  /** The longest time (ms) that a message may stay hidden before it reappears. */
  readonly longestPauseMs: number;
  /** Has the aggregator reissue the chunks that the job lacks. */
  readonly settle: () => Promise<unknown>;
  /** Monotonic ms. */
  readonly now?: () => number;
  readonly pollMs?: number;
}

/**
 * Notices a run that would wait for ever: no function runs, and no message can be received. Either a message was
 * purged, or the clock was set back while a message was hidden. On AWS the checks find this out; here this does so
 * sooner. Ends, by throwing, when the signal is aborted or settling does not help.
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
    const areEmpty = found.every(isEmpty);
    if (now() - quietSinceMs < (areEmpty ? 0 : longestPauseMs) + PATIENCE_MS) continue;
    if (++looks > MOST_LOOKS) throw new SilenceError();
    await settle();
    quietSinceMs = undefined;
  }
}

export class SilenceError extends LocalEngineError {
  constructor() {
    super("Expected the job to end once nothing of it was under way, it did not");
  }
}
