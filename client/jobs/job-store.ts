/** The seam between the commands and the places of jobs. Adapters: folder-jobs.ts, remote-jobs.ts. */
import type { StoreReader } from "../../shared/ports/store.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { JobStatus } from "../../shared/record/job-status.ts";
import type { FoundCost, FoundMemory, SharedQueues, Site } from "../remote/remote.ts";

/** The jobs of one place: the folders of this machine, or a deployment. Opening one loads nothing that asks a network. */
export interface JobStore {
  /** The owner of its jobs, for sentences: "a deployment". */
  readonly owner: string;
  /**
   * The latest jobs, at most this many. Rejects with an error whose `isNothingSet` is true where this machine was never set up
   * to reach the place.
   */
  list(most: number): Promise<Listing>;
  /**
   * Finds a job by a user's name for it and runs `use` with it; resources that reading it took are released afterwards.
   * Rejects with InvalidInputError if there is no such job.
   * @example
   * const status = await jobs.withJob("results/j1", (found) => found.status());
   */
  withJob<Result>(named: string, use: (found: FoundJob) => Promise<Result>): Promise<Result>;
}

/** The options that tell where jobs are, as they were given. */
export interface JobPlace {
  /** The stack of a deployment. */
  readonly stack?: string | undefined;
  /** The URL of a Redis. */
  readonly redis?: string | undefined;
  /** The URL of the store of jobs on a Redis, where that is another. */
  readonly store?: string | undefined;
}

export interface FoundJob {
  readonly job: StoredJob;
  /** Its chunks and reports. */
  readonly store: StoreReader;
  readonly site: Site;
  status(): Promise<FoundStatus>;
  /** What a user may do next, as a clause with the commands to paste. */
  next(status: FoundStatus): string;
  /** What it cost, as exactly as its place can tell; undefined where it ran in one process, or its place knows nothing. */
  cost(): Promise<FoundCost | undefined>;
  /** What its stages' processes had of memory at the most, as far as its place knows. */
  memory(): Promise<FoundMemory>;
  /**
   * Stops the job; what is stored stays. `onWait` receives the reason for a long wait. Rejects with InvalidInputError where it does not
   * run.
   */
  cancel(onWait?: (sentence: string) => void): Promise<Cancelled>;
}

/** A job's progress. */
export interface FoundStatus extends JobStatus, Attended {
  /** Messages that wait or are in work, of all jobs; absent where no queue outlives the process that computes. */
  readonly queues?: SharedQueues;
}

interface Attended {
  /** True while its messages seem to wait with no worker at any; absent where no queue outlives the process that computes. */
  readonly isUnattended?: boolean;
}

/** The outcome of a cancellation, for a program and for a person. */
export interface Cancelled {
  readonly fields: object;
  readonly sentence: string;
}

/** Jobs of one place, the latest first. */
export interface Listing {
  readonly latest: readonly Listed[];
  /** The number of further jobs. */
  readonly older: number;
  /** Their place, for a title. */
  readonly place: string;
  /** The fields in JSON that tell where one of them is. */
  readonly fieldsOf: (jobId: string) => object;
}

/** A job that can be read, or a sentence that says which part is damaged, or too new for this program. */
export type Listed = (JobStatus & Attended) | Unread;
export type Unread = { readonly jobId: string } & ({ readonly damaged: string } | { readonly newer: string });
