import type { ChildProcess } from "node:child_process";
import { type EventEmitter, once } from "node:events";

/** What a process says first, by an event of what it says that with. Throws where it ends before: a test would wait for its own time limit. */
export function firstOf(child: ChildProcess, from: EventEmitter, event = "data"): Promise<unknown[]> {
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`Expected it to say something, got its end by ${code ?? signal}`);
  });
  return Promise.race([once(from, event), ended]);
}
