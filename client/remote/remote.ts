/** The seam between what hands over, follows, fetches and stops jobs, and where they outlive the process that does. Adapters: cloud/deployment-remote.ts, redis/redis-remote.ts, sqs/sqs-remote.ts. */
import type { CheckMessage } from "../../shared/messages/chunk-report.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import type { Resumption } from "../../shared/messages/resumption.ts";
import type { HandedTo } from "../../shared/plan/planned-deployment.ts";
import type { QueueDepth } from "../../shared/ports/queue.ts";
import type { Store } from "../../shared/ports/store.ts";
import type { Cost } from "../../shared/record/cost.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { Peaks } from "../../shared/record/memory.ts";
import type { Submission } from "../../shared/record/submission.ts";
import type { UploadPolicy } from "../../shared/validation/env.ts";

/** A deployment, a Redis, or a server that speaks SQS: its store, its queues, its splitter and its aggregator. */
export interface Remote extends Faults {
  /** The engine's name. */
  readonly engine: string;
  /** Itself, in a sentence about a job: "stack Manyhands". */
  readonly name: string;
  readonly site: Site;
  readonly store: RemoteStore;
  readonly kernels: TakenKernels;
  /** What a job's plan for it follows from; absent where no job is planned. */
  readonly handedTo?: HandedTo;
  readonly pauses: Pauses;
  /** How late its queues' counts, or the workers that were started for them, may be (ms). */
  readonly countedMs: number;
  /** The queues that the job shares with all others; that of chunks with those whose kernels have the same workers. */
  queues(job: Pick<StoredJob, "declaration">): Promise<SharedQueues>;
  /**
   * Gives a new or resumed job to the splitter and resolves once every chunk message is sent. Repeated, it is the same job. Throws
   * StageError where the splitter refused it, or failed.
   */
  submit(request: NamedRequest | Resumption, signal?: AbortSignal): Promise<Submission>;
  /** Has the aggregator look at a job as a check message would. Throws StageError. */
  check(check: Pick<CheckMessage, "jobId" | "round" | "turn" | "isIdle">): Promise<void>;
  /** Delivers reports that used up their attempts once more, those of other jobs with them; returns their number. */
  redeliver(job: StoredJob): Promise<number>;
  /** What a job cost, as exactly as can be told; undefined where nothing is billed. */
  cost(job: StoredJob): Promise<FoundCost | undefined>;
  /** What its stages' processes had of memory at the most, as far as that is measured. */
  memory(job: StoredJob): Promise<FoundMemory>;
  /** A sentence where no worker is there for the job's kernel, which says how to start one; undefined where one is, or that is not known. */
  unattended?(job: Pick<StoredJob, "declaration" | "spec">): Promise<string | undefined>;
  /** Whether it, and its jobs, are gone with the command that uses it. */
  readonly endsWithUs?: boolean;
  /** How long (ms) a command that is interrupted waits for what it began there to end. */
  readonly graceMs?: number;
  /** Begins what this process does for all jobs while it follows one; what it returns ends that. */
  attend?(): () => Promise<void>;
}

export type NamedRequest = JobRequest & { readonly requestId: string };
export type SharedQueues = Readonly<Record<"chunks" | "results", QueueDepth>>;

/** What becomes of errors there. */
export interface Faults {
  /** Where it is, for their sentences. */
  readonly place: string;
  /** An error as a sentence that says what to do; any other as it is. */
  explain(error: unknown): unknown;
  /** Whether the same request may succeed later, if one like it did before. */
  mayPass(error: unknown): boolean;
  /** Tells when it is out of reach, and when it is there again, where requests wait for that by themselves. */
  onLost?(tell: (isLost: boolean) => void): void;
}

/** How long (ms) to pause between two looks at a job: at first, later, and at the most while no worker is there. */
interface Pauses {
  readonly first: number;
  readonly usual: number;
  readonly longest: number;
}

/** The kernels that it has, or takes, beside those in the program. */
interface TakenKernels {
  isThere(hash: string): boolean;
  /** Undefined: it knows nothing of uploads. */
  uploads(language?: "python"): Promise<UploadPolicy | undefined>;
  /** What gives it workers of Python, where it has none: a sentence. */
  readonly withoutPython?: string | undefined;
  /** What its owner can do where it does not take them: a sentence. */
  readonly advice?: string;
}

export interface StoredObject {
  readonly key: string;
  /** Undefined where the store does not tell. */
  readonly sizeBytes: number | undefined;
  /** Since the epoch; undefined likewise. */
  readonly storedAtMs: number | undefined;
}

/** Its store, with the caller's own rights. */
export interface RemoteStore extends Pick<Store, "get" | "list" | "put" | "putIfAbsent"> {
  /** Itself in a sentence, fit for a terminal: "s3://bucket". */
  readonly name: string;
  /** The object's bytes as they arrive. Reading throws TooLargeError beyond `mostBytes`. */
  open(key: string, mostBytes: number, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Since the epoch, where a listing does not tell it: when the object was stored, or last used. Undefined where the store does not know. */
  storedAtMs?(key: string): Promise<number | undefined>;
  /** Like `list`, with what is known of each object. */
  objects(prefix: string): AsyncIterable<StoredObject>;
  /** The next part, up to a slash, of the keys that start with `prefix`. */
  folders(prefix: string): AsyncIterable<string>;
  /** Removes the objects, in this order. `owner` is theirs, for the sentence. Throws where some stay. */
  remove(keys: readonly string[], owner: string): Promise<void>;
}

/** The place of a job's objects, or of its run. */
export interface Site {
  /** In a sentence, fit for a terminal. */
  readonly place: string;
  /** Fields beside the job in JSON. */
  readonly fields: Readonly<Record<string, string>>;
  /** Lines below a job's status or report: names and texts, fit for a terminal. */
  readonly lines: readonly (readonly [string, string])[];
  /** The options by which another command finds the site, beside the job's id. */
  readonly options: readonly string[];
}

/** A job's cost, and what is to be known of it: sentences. */
export interface FoundCost {
  readonly cost: Cost;
  readonly remarks: readonly string[];
}

/** The measured peaks of a job's processes, and how they were measured, or why not: a sentence. */
export interface FoundMemory {
  readonly peaks: Peaks;
  readonly basis: string;
}

/** The workers that a job brings along where its place is its own. */
export interface Hands {
  readonly workers: number;
  /** The hash of the kernel that they compute, which says by which language. */
  readonly hash: string | undefined;
}
