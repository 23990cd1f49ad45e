import type { Bench } from "./bench.ts";

/** A rule of docs/protocol.md, and how a worker shows that it keeps it. */
export interface Check {
  readonly name: string;
  readonly about: string;
  /** Throws FailedCheck. */
  readonly run: (bench: Bench) => Promise<void>;
}
