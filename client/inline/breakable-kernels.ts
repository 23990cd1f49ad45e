/** Kernels whose cells Ctrl-C ends, though they keep the thread that would hear of it busy. */
import { type Context, createContext, Script } from "node:vm";
import type { Compute } from "../../shared/kernels/loaded.ts";
import type { Kernels } from "../../shared/kernels/loader.ts";
import { InterruptedError } from "../engines/engine.ts";

/**
 * These kernels, which throw InterruptedError on Ctrl-C, and from then on: `signal` is that of the listener for SIGINT. Where the
 * process has no such listener, Ctrl-C ends the process, as ever.
 */
export function breakable(kernels: Kernels, signal: AbortSignal): Kernels {
  const breaking =
    (compute: Compute): Compute =>
    (window, out) =>
      untilInterrupted(() => compute(window, out), signal);
  return {
    keys: () => kernels.keys(),
    get: async (named) => {
      const kernel = await kernels.get(named);
      if (!kernel) return undefined;
      const { compute, fast } = kernel;
      return { ...kernel, compute: breaking(compute), ...(fast && { fast: breaking(fast) }) };
    },
  };
}

/** Takes 0.1 ms more than the call. */
function untilInterrupted(run: () => void, signal: AbortSignal): void {
  if (signal.aborted) throw new InterruptedError();
  if (process.listenerCount("SIGINT") === 0) {
    run();
    return;
  }
  context ??= createContext();
  const place = context;
  place.run = run;
  try {
    // While a script runs so, Node hears SIGINT on a thread of its own: it ends the script in place of calling the listeners.
    CALL.runInContext(place, { breakOnSigint: true, displayErrors: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException | undefined)?.code !== "ERR_SCRIPT_EXECUTION_INTERRUPTED")
      throw error;
    process.emit("SIGINT");
    throw new InterruptedError();
  } finally {
    place.run = undefined;
  }
}

const CALL = new Script("run()");
let context: Context | undefined;
