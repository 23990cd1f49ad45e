import { registerHooks } from "node:module";
import { runInNewContext } from "node:vm";
import { KernelError } from "../../validation/errors.ts";
import { withStrays } from "./strays.ts";

/** What our own code in the thread calls. */
const OURS = ["Buffer", "process"];

/**
 * Takes from this thread what a kernel has no use for: Node's globals, its modules, and of `process` all but clocks and what tells of
 * rejected promises. A kernel that leaves its own globals (`[].constructor.constructor("…")()`) meets what is left. It makes an attack
 * harder and no sandbox: docs/kernels.md. Cannot be undone.
 */
export function cutDown(): void {
  withStrays(
    () => {},
    () => {}, // from here on it has its listeners
  );
  const { hrtime, threadCpuUsage } = process;
  const { on, off, rawListeners, removeAllListeners } = process;
  const whole = process;
  // None of them gives back the process that it was taken from, as `on` would.
  const listening = {
    on: (...given: Parameters<typeof on>) => void on.apply(whole, given),
    off: (...given: Parameters<typeof off>) => void off.apply(whole, given),
    rawListeners: (event: string) => rawListeners.call(whole, event),
    removeAllListeners: (event: string) => void removeAllListeners.call(whole, event),
  };
  const fewer = {
    ...listening,
    ...{ hrtime, threadCpuUsage, env: {}, version: process.version, versions: process.versions },
  };
  const language = runInNewContext("Object.getOwnPropertyNames(globalThis)") as string[];
  const kept = new Set([...language, ...OURS]);
  for (const name of Object.getOwnPropertyNames(globalThis))
    if (!kept.has(name)) Reflect.deleteProperty(globalThis, name);
  Reflect.set(globalThis, "process", fewer);
  registerHooks({ resolve: (name) => refuse(name), load: (name) => refuse(name) });
}

function refuse(name: string): never {
  throw new KernelError(`Expected a kernel to import nothing while it runs, got ${name}.`);
}
