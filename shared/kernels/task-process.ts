/**
 * `process` as a task sees it. Ending the process would take other items along, and on the engine `serial` the command with its exit
 * code, so that is an error of the item. It is no sandbox: `globalThis.process` is the true one.
 */
import { KernelError } from "../validation/errors.ts";

const ENDINGS: readonly unknown[] = ["exit", "reallyExit", "abort"];

export const taskProcess: NodeJS.Process = new Proxy(process, {
  get(target, name) {
    if (ENDINGS.includes(name)) return () => refuse(String(name));
    if (name === "kill") return kill;
    if (name === "stdout") return target.stderr; // as its console: stdout has the command's results
    if (name === "getBuiltinModule") return builtinForTasks;
    return Reflect.get(target, name, target);
  },
});

/** One of Node's modules, undefined where there is none of that name. */
export function builtinForTasks(name: string): unknown {
  const found: unknown = process.getBuiltinModule(name);
  return found === process ? taskProcess : found;
}

/** Signal 0 only asks; 0 as a process means its whole group. */
function kill(pid: number, signal?: string | number): boolean {
  if (signal !== 0 && (Number(pid) === 0 || Math.abs(Number(pid)) === process.pid))
    refuse("kill of its own process");
  return process.kill(pid, signal);
}

function refuse(what: string): never {
  throw new KernelError(`Expected a task to give a value or to throw, got a call of process.${what}.`);
}
