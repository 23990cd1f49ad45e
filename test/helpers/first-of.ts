import type { ChildProcess } from "node:child_process";
import { type EventEmitter, once } from "node:events";

/** Throws once the process has ended, to be raced with what it is there for: a test would wait for its own time limit, or for ever. */
export async function endOf(child: ChildProcess, expected: string): Promise<never> {
  const [code, signal] = await once(child, "exit");
  throw new Error(`Expected ${expected}, got its end by ${code ?? signal}`);
}

/** What a process says first, by an event of what it says that with. Throws where it ends before. */
export const firstOf = (child: ChildProcess, from: EventEmitter, event = "data"): Promise<unknown[]> =>
  Promise.race([once(from, event), endOf(child, "a process to say something")]);
