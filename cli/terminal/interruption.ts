import { isUnderNohup } from "./callers.ts";

/** What somebody asks for who wants it to end, while something runs that ends in its own way when it is told to. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** From here on they end the process again. */
  over(): void;
}

/** Ctrl-C, `kill`, Ctrl-\ and a terminal that is gone. */
const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"];
/** Ctrl-C reaches every process of the terminal, and a parent may pass it on: twice within this time is once. */
const ONCE_MS = 1000;
const EXIT_CODE = 130;

/** The first one aborts the signal. Another one, later, ends the process: somebody is out of patience. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
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
