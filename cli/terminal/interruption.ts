import { isUnderNohup } from "./callers.ts";

/** A user's wish to end the command, while a job runs that ends in its own way when told to. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Restores the signals: from here on they end the process. */
  over(): void;
}

/** Ctrl-C, `kill`, Ctrl-\ and a terminal that is gone. */
const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"];
/**
 * Ctrl-C reaches every process of the terminal, and a parent may pass it on: two signals within this time count as one.
 */
const ONCE_MS = 1000;
const EXIT_CODE = 130;

/** The first signal aborts the controller. A later one ends the process at once. */
export function listenForInterruption(controller = new AbortController()): Interruption {
  let firstAt: number | undefined;
  const listen = () => {
    firstAt ??= performance.now();
    if (performance.now() - firstAt > ONCE_MS) process.exit(EXIT_CODE);
    controller.abort();
  };
  const signals = SIGNALS.filter((name) => name !== "SIGHUP" || !isUnderNohup());
  for (const name of signals) process.on(name, listen);
  return {
    signal: controller.signal,
    over: () => {
      for (const name of signals) process.off(name, listen);
    },
  };
}
