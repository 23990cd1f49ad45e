import { setTimeout as sleep } from "node:timers/promises";
import { describeError, ManyhandsError } from "../../shared/validation/errors.ts";
import { explain, mayPass } from "./cloud-errors.ts";
import { NoCredentialsError } from "./credentials.ts";

/** The cloud was asked again and again, and could not be asked; what had begun there goes on. */
export class ConnectionLostError extends ManyhandsError {
  override readonly name = "ConnectionLostError";
  /** Nothing was wrong with what was asked for. */
  readonly permanent = false;
}

/** Between two attempts, growing; and after how long, from the first failure, the last one is made. */
export interface Patience {
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly mostMs: number;
}

/** A laptop that changes networks, a VPN that dials in again, a renewed sign-in: minutes, not hours. */
export const PATIENCE: Patience = Object.freeze({
  firstPauseMs: 1000,
  longestPauseMs: 15_000,
  mostMs: 5 * 60_000,
});

/** Does what it is given until that succeeds. Only for what may be done twice. */
export type Asker = <Result>(ask: () => Promise<Result>) => Promise<Result>;

export interface AskerOptions {
  /** Where the cloud is, for sentences. */
  readonly place: string;
  /** Aborts the pauses. */
  readonly signal: AbortSignal;
  /** Called with true once an attempt failed, and with false once one succeeded after that. */
  readonly onLost?: (isLost: boolean) => void;
  readonly patience?: Patience | undefined;
}

/**
 * Asks again where an error may pass by itself; any other is thrown at once, as `explain` has it. Throws ConnectionLostError
 * with the reason once patience is at its end.
 */
export function patientAsker({ place, signal, onLost, patience = PATIENCE }: AskerOptions): Asker {
  return async (ask) => {
    let failedAtMs: number | undefined;
    for (let pauseMs = patience.firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, patience.longestPauseMs)) {
      try {
        const result = await ask();
        if (failedAtMs !== undefined) onLost?.(false);
        return result;
      } catch (error) {
        const explained = explain(error, place);
        if (signal.aborted || !(mayPass(error) || error instanceof NoCredentialsError)) throw explained;
        failedAtMs ??= performance.now();
        if (performance.now() - failedAtMs >= patience.mostMs)
          throw new ConnectionLostError(describeError(explained), { cause: error });
        onLost?.(true);
      }
      await sleep(pauseMs, undefined, { signal });
    }
  };
}
