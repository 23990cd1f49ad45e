/** Errors of a user's code that no code awaits: a rejected promise that was let go, and what a timer or an event's listener throws. */
import { AsyncLocalStorage } from "node:async_hooks";

type OnStray = (error: Error) => void;
type Listener = (error: unknown, more: unknown) => void;

/** Follows whatever the code begins, timers and sockets too. */
const begunBy = new AsyncLocalStorage<OnStray>();
const EVENTS = ["unhandledRejection", "uncaughtException"] as const;
let isListening = false;

/**
 * Runs a user's code. Such an error of what it began, now or later, goes to `onStray` and ends no process.
 * @example withStrays(reject, () => task(item));
 */
export function withStrays<Result>(onStray: OnStray, use: () => Result): Result {
  if (!isListening) for (const event of EVENTS) listen(event);
  isListening = true;
  return begunBy.run(onStray, use);
}

/**
 * Takes the place of other listeners, for Lambda's end the process, and passes on what is no user code's. It stays: a timer may
 * go off after its item.
 */
function listen(event: (typeof EVENTS)[number]): void {
  const others = process.rawListeners(event) as Listener[];
  process.removeAllListeners(event);
  const listener: Listener = (error, more) => {
    const onStray = begunBy.getStore();
    if (onStray) onStray(asError(error));
    else if (others.length > 0) for (const other of others) other.call(process, error, more);
    // Node tells those that came later itself.
    else if (process.listenerCount(event) === 1) passOn(error);
  };
  process.on(event, listener);

  function passOn(error: unknown): void {
    process.off(event, listener);
    isListening = false;
    if (event === "unhandledRejection") throw error;
    // Thrown here it would change the exit code.
    setImmediate(() => {
      throw error;
    });
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error
    ? error
    : new Error(`a promise that nothing awaits was rejected with ${String(error)}`);
