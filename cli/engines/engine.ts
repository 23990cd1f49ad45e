import { join } from "node:path";
import type { ReportMessage } from "../../shared/chunk-report.ts";
import type { JobRequest } from "../../shared/job.ts";
import { jobPrefix } from "../../shared/keys.ts";
import type { Summary } from "../../shared/summary.ts";

/** A job to run, and where. */
export interface Run {
  readonly jobId: string;
  readonly request: JobRequest;
  /** The job's folder on this machine. */
  readonly folder: string;
  readonly workers: number;
  readonly progress: ProgressListener;
  /** Aborted by Ctrl-C: the engine ends what it started and rejects with InterruptedError. */
  readonly signal: AbortSignal;
}

/** What an engine tells while it runs. Every call is cheap. */
export interface ProgressListener {
  /** Chunks that began (positive) or ended (negative) being worked on. */
  running(change: number): void;
  reported(report: ReportMessage): void;
  /** Chunks whose message used up its attempts. */
  buried(chunks: readonly number[]): void;
}

export const PHASES = ["startUp", "split", "compute", "aggregate", "plots", "shutDown"] as const;
/** Wall time (ms) of each phase; `startUp` counts from the start of this process. */
export type PhasesMs = Record<(typeof PHASES)[number], number>;

export interface RunResult {
  readonly summary: Summary;
  readonly phasesMs: PhasesMs;
}

/** Runs a job somewhere. Engines differ only in how work travels: all run the same three stages. */
export type Engine = (run: Run) => Promise<RunResult>;

/** The run was stopped from outside. */
export class InterruptedError extends Error {}

/** The job's part of the bucket as a folder of its own. */
export function mountsOf(jobId: string, folder: string): Record<string, string> {
  return { [jobPrefix(jobId)]: folder, "rejected/": join(folder, "rejected") };
}
