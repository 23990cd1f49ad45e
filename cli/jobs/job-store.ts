/** The seam between commands and wherever jobs lie. Adapters: folder-jobs.ts, deployment-jobs.ts. */
import type { QueueDepth } from "../../shared/ports/queue.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { JobStatus } from "../../shared/record/job-status.ts";

/** The jobs of one place: the folders of this machine, or a deployment. Opening one loads nothing that asks a network. */
export interface JobStore {
  /** What its jobs are jobs of, for sentences: "a deployment". */
  readonly owner: string;
  /**
   * The latest jobs, at most this many. Rejects with an error whose `isNothingSet` is true where this machine was never set up
   * to reach the place.
   */
  list(most: number): Promise<Listing>;
  /**
   * Finds a job by what a user calls it and runs `use` with it; what reading it took is released afterwards. Rejects with
   * InvalidInputError where there is no such job.
   */
  withJob<Result>(named: string, use: (found: FoundJob) => Promise<Result>): Promise<Result>;
}

/** How jobs are reached, as options tell it. */
export interface JobPlace {
  /** The stack of a deployment. */
  readonly stack: string;
}

export interface FoundJob {
  readonly job: StoredJob;
  /** Its chunks and reports. */
  readonly store: StoreReader;
  readonly site: Site;
  status(): Promise<FoundStatus>;
  /** What a user may do next, as a clause with the commands to paste. */
  next(status: FoundStatus): string;
  /** Stops the job; what is stored stays. Rejects with InvalidInputError where it does not run. */
  cancel(): Promise<Cancelled>;
}

/** How far a job is. */
export interface FoundStatus extends JobStatus {
  /** Messages that wait or are in work, of all jobs; absent where no queue outlives the process that computes. */
  readonly queues?: Readonly<Record<"chunks" | "results", QueueDepth>>;
}

/** What a cancellation came to, for a program and for a person. */
export interface Cancelled {
  readonly fields: object;
  readonly sentence: string;
}

/** Where a job lies, or ran. */
export interface Site {
  /** In a sentence, fit for a terminal. */
  readonly place: string;
  /** Beside the job in JSON. */
  readonly fields: Readonly<Record<string, string>>;
  /** Below a job's status or report: names and texts, fit for a terminal. */
  readonly lines: readonly (readonly [string, string])[];
  /** What names the site to another command, beside the job's id. */
  readonly options: readonly string[];
}

/** Jobs of one place, the latest first. */
export interface Listing {
  readonly latest: readonly Listed[];
  /** How many more there are. */
  readonly older: number;
  /** Where they lie, for a title. */
  readonly place: string;
  /** What JSON says of where one of them lies. */
  readonly fieldsOf: (jobId: string) => object;
}

/** A job that can be read, or the sentence that says what of it is damaged, or too new for this program. */
export type Listed = JobStatus | Unread;
export type Unread = { readonly jobId: string } & ({ readonly damaged: string } | { readonly newer: string });
