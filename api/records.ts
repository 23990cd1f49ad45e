/** What a job's folder, or its place in a bucket, says of it. Held to the schemas by test/unit/api/public-types.test.ts. */
import type { Dtype, InputValue } from "../shared/kernels/authoring.ts";
import type { Interval } from "./plan-records.ts";

/**
 * `complete`: every chunk is stored. `incomplete`: some failed. `failed`: none is stored. `cancelled`: stopped before its end. Where items
 * are mapped: every item gave a value, some, none.
 */
export type JobState = "complete" | "incomplete" | "failed" | "cancelled";

/** An axis: even steps by a rule, or a list of points. */
export type AxisSpec =
  | {
      readonly input?: string | undefined;
      /** `accumulate` adds the step again and again; `index` is from + i * step; `log` is from * exp(i * step). */
      readonly rule: "accumulate" | "index" | "log";
      readonly from: number;
      readonly step: number;
      readonly count: number;
    }
  | {
      readonly input?: string | undefined;
      readonly rule: "list";
      readonly points: readonly InputValue[];
    };

/** What a job's bytes follow from. */
export interface JobSpec {
  readonly kernel: string;
  /** What the kernel's bits depend on. */
  readonly hash?: string | undefined;
  /** The inputs that are held fixed. */
  readonly parameters: { readonly [input: string]: InputValue };
  readonly axes: readonly AxisSpec[];
  readonly chunkShape: readonly number[];
  readonly codec: "none" | "gzip" | "zstd";
  readonly seed: number;
  /** None where items are mapped. */
  readonly values: readonly { readonly name?: string | undefined; readonly dtype: Dtype }[];
}

/** Over the stored cells that are finite numbers. */
export interface Statistics {
  readonly sum: number;
  readonly min: number | null;
  readonly max: number | null;
  /** Cells that are NaN or infinite. */
  readonly nonFinite: number;
}

/** A chunk that failed for good. */
export interface FailedChunk {
  readonly chunk: number;
  /** The last error. */
  readonly error: string;
  readonly attempts: number;
  readonly attempt: number;
  readonly final: boolean;
  /** Epoch ms. */
  readonly failedAtMs: number;
  readonly requestId: string;
  readonly logStream: string;
  /** Two workers computed different values. */
  readonly disputed: boolean;
}

/** How a job ended: summary.json. Its own statistics are those of the first value. */
export interface Summary extends Statistics {
  readonly version: number;
  readonly jobId: string;
  readonly state: JobState;
  /** `budget` where it was cancelled since it may cost no more. */
  readonly cancelledFor?: "budget" | undefined;
  /** What all its rounds may cost (USD), and, where it has reached that, what is probably enough to complete it. */
  readonly limit?: { readonly maxUsd: number; readonly enoughUsd?: number | undefined } | undefined;
  /** Some chunks failed, and no larger share of them than `allowMissing`. */
  readonly tolerated: boolean;
  /** 0 at first, and one more each time the job is resumed. */
  readonly round: number;
  readonly spec: JobSpec;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly chunks: ChunkCounts;
  /** Where there are several values. */
  readonly values?: readonly ({ readonly name: string } & Statistics)[] | undefined;
  /** Where items are mapped; `failures` has the first ones. */
  readonly items?:
    | {
        readonly total: number;
        readonly given: number;
        readonly failed: number;
        readonly failures: readonly { readonly index: number; readonly error: string }[];
      }
    | undefined;
  readonly storedBytes: number;
  /** Epoch ms. */
  readonly submittedAtMs: number;
  /** From submission to the end of the last chunk, without the pauses before resumptions. */
  readonly makespanMs: number;
  /** The part of it before a worker began; absent where no time is known, and of jobs of former releases. */
  readonly waitedMs?: number | undefined;
  /** Processor time, summed over the chunks. */
  readonly computeMs: number;
  /** The time in which a worker computed or stored, summed over the workers. */
  readonly busyMs: number;
  /** The most at the same time. */
  readonly workers: number;
  readonly coldStarts: number;
  /** computeMs / makespanMs, and that divided by the workers. */
  readonly speedUp: number;
  readonly efficiency: number;
  readonly slowestChunk: { readonly chunk: number; readonly cpuMs: number } | null;
  readonly failedAttempts: number;
  /** Chunks that seemed lost or late and were sent again. */
  readonly reissued: { readonly chunks: number; readonly savedMs: number };
  readonly unknownTimes: number;
  readonly clampedStarts: number;
  /** The first ones, in chunk order; `chunks.failed` counts all. */
  readonly failures: readonly FailedChunk[];
  /** Absent where the job ran in one process, and of jobs of former releases. */
  readonly cost?: Cost | undefined;
  /** What a plan said of it before it began, where one was made. */
  readonly plan?: Planned | undefined;
}

/** What a plan said of a job on its engine: seconds from its start to its end, USD, and the prices' date (YYYY-MM-DD). */
export interface Planned {
  readonly seconds: Interval;
  readonly usd: Interval;
  readonly pricesDate: string;
}

/**
 * How a cost was found. `metered`: every request was counted and every invocation timed where the job ran. `logged`: invocations as
 * the platform's log says, requests by formula. `reported`: by what its workers reported, requests by formula. `predicted`: by formula
 * alone.
 */
export type CostBasis = "metered" | "logged" | "reported" | "predicted";

/** Amounts that AWS bills, and their price (USD). */
export interface StageCost {
  readonly usd: number;
  readonly basis: CostBasis;
  /** Initialisation included, each invocation's ms rounded up. */
  readonly gbSeconds: number;
  readonly requests: {
    /** Invocations. */
    readonly lambda: number;
    /** Units of 64 KiB, at least one a request. */
    readonly sqs: number;
    /** PUT, POST and LIST. */
    readonly put: number;
    readonly get: number;
  };
  readonly logBytes: number;
}

/** What a job cost, or would have cost on the deployment that engine local stands for, without free amounts and without storage. */
export interface Cost extends StageCost {
  readonly byStage: { readonly [Stage in "splitter" | "worker" | "aggregator"]: StageCost };
  readonly region: string;
  readonly architecture: "arm64" | "x86_64";
  /** A worker's. */
  readonly memoryMb: number;
  /** YYYY-MM-DD. */
  readonly pricesDate: string;
}

export interface ChunkCounts {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

/** What one stage asks of the services. */
export interface Requests {
  readonly invocations: number;
  readonly send: number;
  readonly receive: number;
  readonly delete: number;
  readonly depth: number;
  readonly put: number;
  readonly get: number;
  readonly list: number;
}

/** What a job is going to be. Seconds are by an estimate made for a slow processor; bytes are before compression. */
export interface SubmissionPlan {
  readonly chunks: number;
  readonly messages: number;
  readonly workers: number;
  readonly seconds: {
    readonly compute: number;
    readonly busy: number;
    readonly heaviestMessage: number;
    readonly makespan: number;
  };
  readonly bytes: { readonly array: number; readonly messages: number };
  readonly requests: {
    readonly splitter: Requests;
    readonly worker: Requests;
    readonly aggregator: Requests;
  };
}

/** How far a job is. */
export interface JobStatus {
  readonly jobId: string;
  /** `unfinished`: it has not ended, and no process is at it. */
  readonly state: JobState | "submitting" | "running" | "unfinished";
  readonly round: number;
  readonly chunks: ChunkCounts;
  /** Epoch ms. */
  readonly submittedAtMs: number;
  /** Once it has ended. */
  readonly summary?: Summary | undefined;
  /** Messages of all jobs of a deployment. */
  readonly queues?: { readonly chunks: QueueDepth; readonly results: QueueDepth } | undefined;
  /** True while its messages seem to wait with no worker at any. */
  readonly isUnattended?: boolean | undefined;
}

export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
  readonly delayed: number;
}
