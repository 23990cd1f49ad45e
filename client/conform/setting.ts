import type { ChildProcess } from "node:child_process";
import type { Bench } from "./bench.ts";

interface Watched {
  readonly seconds: number;
  readonly onOutput: (text: string) => void;
}

/** A worker, and what gives it messages. */
export interface Setting {
  readonly bench: Bench;
  readonly worker: ChildProcess;
}

/** Starts the command as a worker at queues and a store of its own. */
export type Within = (
  command: readonly string[],
  options: Watched,
  use: (setting: Setting) => Promise<boolean>,
) => Promise<boolean>;
