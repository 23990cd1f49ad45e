/** What `plan` resolves with. */

/** An amount that is not known yet: between `low` and `high` in 80 of 100 cases. */
export interface Interval {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** What the job will be on an engine. */
export interface EnginePlan {
  /** CPU seconds of all chunks there. */
  readonly compute: Interval;
  /** From its start to its end. */
  readonly seconds: Interval;
  /** On engine local it is what the deployment would cost that the engine stands for. */
  readonly usd: Interval;
  /** At a time. */
  readonly workers: number;
  readonly chunks: number;
  readonly messages: number;
  /** The array's, before compression. */
  readonly bytes: number;
  /** A limit (`maxUsd`) that is probably enough. Absent on engines of one process. */
  readonly enoughUsd?: number | undefined;
}

/** What a job will take and cost, before anything of it is sent. */
export interface JobPlan {
  /** Where it should run, a sentence. */
  readonly verdict: string;
  /** Why it cannot succeed on the deployment: then the command line refuses to hand it over. */
  readonly refusal?: string | undefined;
  /** Where the kernel's file is Python `serial` and `threads` are not there, which refuse it. */
  readonly engines: { readonly [Name in "serial" | "threads" | "local" | "aws"]: EnginePlan };
  /** CPU seconds of all chunks on a core of this machine. */
  readonly compute: Interval;
  /** `measured` by pieces of the chunks that were computed here; `estimated` where none was through in time; `assumed` where a task maps items, none of which is run for a plan: its compute is the time that workers have items at work. */
  readonly basis: "measured" | "estimated" | "assumed";
  /** How long the heaviest message occupies a worker of the deployment. */
  readonly heaviestSeconds: Interval;
  /** Peak memory (MB) of each stage's process. */
  readonly peakMemoryMb: { readonly [Stage in "splitter" | "worker" | "aggregator"]: number };
  /** What it was planned for. */
  readonly deployment: {
    readonly memoryMb: number;
    readonly timeoutSeconds: number;
    readonly fleet: number;
    readonly architecture: "arm64" | "x86_64";
    readonly region: string;
  };
  /** YYYY-MM-DD. */
  readonly pricesDate: string;
  /** The region's prices that are not known: those of us-east-1 stand in. */
  readonly pricesLacking: readonly string[];
  /** By how many of this machine's runs each engine's figures are corrected. */
  readonly runs: { readonly [Name in "serial" | "threads" | "local" | "aws"]: number };
}

/** The deployment that a job is planned for. Default: one as it is deployed where nothing is set. */
export interface PlannedFor {
  /** A worker's, 128 to 10240. Default: 1769. */
  readonly memoryMb?: number | undefined;
  /** For a message, 5 to 900. Default: 60. */
  readonly timeoutSeconds?: number | undefined;
  /** Workers at a time, 2 to 1000. Default: 900. */
  readonly fleet?: number | undefined;
  /** Default: arm64. */
  readonly architecture?: "arm64" | "x86_64" | undefined;
  /** Default: us-east-1. */
  readonly region?: string | undefined;
}
