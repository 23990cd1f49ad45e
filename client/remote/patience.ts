import { setTimeout as sleep } from "node:timers/promises";
import { describeError, ManyhandsError } from "../../shared/validation/errors.ts";
import type { Faults } from "./remote.ts";

/** The place stayed out of reach through all attempts; work that has begun there goes on. */
export class ConnectionLostError extends ManyhandsError {
  override readonly name = "ConnectionLostError";
  /** Not bad input: the request was right. */
  readonly permanent = false;
}

/** The growing pauses between attempts, and the time from the first failure after which the last attempt is made. */
export interface Patience {
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly mostMs: number;
}

/** Minutes, not hours: enough for a laptop that changes networks, a VPN that reconnects, a renewed sign-in. */
export const PATIENCE: Patience = Object.freeze({
  firstPauseMs: 1000,
  longestPauseMs: 15_000,
  mostMs: 5 * 60_000,
});

/** Repeats its argument until it succeeds. Only for requests that may be made twice. */
export type Asker = <Result>(ask: () => Promise<Result>) => Promise<Result>;

export interface AskerOptions {
  /** Aborts the pauses. */
  readonly signal: AbortSignal;
  /** Called with true after a failed attempt, and with false after the next success. */
  readonly onLost?: (isLost: boolean) => void;
  readonly patience?: Patience | undefined;
}

/**
 * Repeats a request after errors that may pass by themselves; throws any other at once, as its place words it. Throws
 * ConnectionLostError with the reason once patience is exhausted.
 * @example
 * const ask = patientAsker(remote, { signal });
 * const status = await ask(() => readStatus(store, job));
 */
export function patientAsker(faults: Faults, { signal, onLost, patience = PATIENCE }: AskerOptions): Asker {
  if (onLost) faults.onLost?.(onLost);
  return async (ask) => {
    let failedAtMs: number | undefined;
    for (let pauseMs = patience.firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, patience.longestPauseMs)) {
      try {
        const result = await ask();
        if (failedAtMs !== undefined) onLost?.(false);
        return result;
      } catch (error) {
        const explained = faults.explain(error);
        if (signal.aborted || !faults.mayPass(error)) throw explained;
        failedAtMs ??= performance.now();
        if (performance.now() - failedAtMs >= patience.mostMs)
          throw new ConnectionLostError(describeError(explained), { cause: error });
        onLost?.(true);
      }
      await sleep(pauseMs, undefined, { signal });
    }
  };
}
