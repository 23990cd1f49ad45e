/** The options of the library: those of the command, under the fields' names. */
import type { Dtype, InputValue } from "../shared/kernels/authoring.ts";
import type { AnyInput } from "./inputs.ts";
import type { PlannedFor } from "./plan-records.ts";

/** Where a job is computed: `serial`, `threads` and `local` on this machine, `aws` on a deployment, `redis` on machines of your own. */
export type EngineName = "serial" | "threads" | "local" | "aws" | "redis";

/** Where jobs are that outlive the process: in a deployment or a Redis. Without any of these in the Redis that MANYHANDS_REDIS names, else in a deployment. */
export interface RemoteOptions {
  /** The deployment's stack. Default: Manyhands. */
  readonly stack?: string | undefined;
  /** The URL of a Redis, `redis://user@host:6379`; it means engine redis. Default: MANYHANDS_REDIS. Where it has no password REDIS_PASSWORD is taken. */
  readonly redis?: string | undefined;
  /** Where the objects of a Redis's jobs are: `redis`, `s3://bucket/prefix`, or the path of a folder that all machines share. Default: where they are. */
  readonly store?: string | undefined;
}

/** What is told while a job runs. The library itself prints nothing. */
export interface Listeners {
  /** Aborts the job: what is stored stays, and `open(folder).resume()` goes on. A job of a deployment or a Redis goes on there. */
  readonly signal?: AbortSignal | undefined;
  /** Receives a sentence on what may surprise: a job that takes long, a folder that is waited for. */
  readonly onWarning?: ((sentence: string) => void) | undefined;
  /** Called before workers are built, which takes seconds. */
  readonly onBuild?: (() => void) | undefined;
}

/** Where and by how many a job is computed. */
export interface EngineOptions extends RemoteOptions, Listeners {
  /** Default: local; redis where the option `redis` is given. */
  readonly engine?: EngineName | undefined;
  /** Workers at a time; not on engine aws, and on redis only where nothing names a Redis. Default: one per core. */
  readonly workers?: number | undefined;
  /** The folder to write to. Default: results/<job id>, below the working directory. */
  readonly out?: string | undefined;
  /** False writes no report.html there. */
  readonly report?: boolean | undefined;
}

/** How a picture is drawn. */
export interface PictureOptions<Names extends string = string> {
  /** `rdbu` to `brbg` diverge from the middle, which is zero where values have both signs; `sinebow` and `rainbow` are cyclic. */
  readonly colormap?:
    | ("viridis" | "inferno" | "magma" | "plasma" | "jet")
    | ("rdbu" | "rdbu-r" | "puor" | "brbg")
    | ("sinebow" | "rainbow")
    | undefined;
  /** How numbers become colours and heights. */
  readonly scale?: "auto" | "linear" | "log" | undefined;
  /** With more than two axes: where another one than the first two is cut. Default: in the middle. */
  readonly at?: { readonly [Name in Names]?: InputValue | undefined } | undefined;
  /** Also draws surface.png from every point, large. */
  readonly plot3d?: boolean | undefined;
}

/** What a job computes, beside its inputs. */
export interface ArrayOptions<Names extends string = string> extends PictureOptions<Names> {
  /** A name for the job: at most 64 lower-case letters, digits and hyphens. Default: the kernel's name and the time. */
  readonly jobId?: string | undefined;
  /** A count for each swept range that has none, in the order of the inputs. */
  readonly points?: readonly number[] | undefined;
  /** Instead of points: about half as many a side, as in the tutorial. */
  readonly size?: number | undefined;
  /** For a kernel's file of Python: its interpreter. Default: the active environment's, else .venv's beside the file, else python3. */
  readonly python?: string | undefined;
  /** Random numbers follow from it. Default: 0. */
  readonly seed?: number | undefined;
  /** The chunk's shape. */
  readonly chunk?: readonly number[] | "auto" | undefined;
  readonly chunksPerMessage?: number | "auto" | undefined;
  readonly dtype?: Dtype | "auto" | undefined;
  readonly codec?: "none" | "gzip" | "zstd" | undefined;
  /** How workers are started, on engine aws. */
  readonly ramp?: "auto" | "mapping" | "burst" | undefined;
  /** The share of chunks that may fail while the job still counts as complete: `summary.tolerated`. */
  readonly allowMissing?: number | undefined;
  /** What the job may cost (USD), on engines local and aws: it ends cancelled before it costs more, and can be resumed with more. */
  readonly maxUsd?: number | undefined;
  /** Also writes each array as .npy. */
  readonly npy?: boolean | undefined;
  /** False draws nothing. */
  readonly plots?: boolean | undefined;
}

/** A whole job request, as docs/request.md describes it. `kernel` is a name, or the path of a file. */
export interface JobRequest {
  readonly kernel: string;
  readonly inputs?: { readonly [input: string]: RequestedInput } | undefined;
  readonly points?: readonly number[] | undefined;
  readonly size?: number | undefined;
  readonly [field: string]: unknown;
}

/** In a request a range says `rule` where an option says `scale`. */
type RequestedInput = Exclude<AnyInput, object> | readonly InputValue[] | object;

/** A job by its whole request, in place of a kernel, its inputs and the options of an array. */
export interface RequestOptions extends EngineOptions {
  /** The request, or the path of a file with it as JSON. */
  readonly request: JobRequest | string | URL;
  readonly jobId?: string | undefined;
  readonly python?: ArrayOptions["python"];
}

/** Options of `run`. */
export interface RunOptions<Names extends string = string> extends EngineOptions, ArrayOptions<Names> {}

/** Options of `submit`. */
export interface SubmitOptions<Names extends string = string>
  extends RemoteOptions,
    Listeners,
    ArrayOptions<Names> {}

/** `submit` by a whole request. */
export interface SubmitRequestOptions extends RemoteOptions, Listeners {
  /** The request, or the path of a file with it as JSON. */
  readonly request: JobRequest | string | URL;
  readonly jobId?: string | undefined;
  readonly python?: ArrayOptions["python"];
}

/** Options of `map`. */
export interface MapOptions extends EngineOptions {
  readonly jobId?: string | undefined;
  readonly seed?: number | undefined;
  /** The share of items that may fail while the job still counts as complete. */
  readonly allowMissing?: number | undefined;
  readonly ramp?: ArrayOptions["ramp"];
  readonly maxUsd?: ArrayOptions["maxUsd"];
  /** Items that travel and are stored together. Default: by their number and size. */
  readonly itemsPerShard?: number | undefined;
  /** What an item may take (s); one that takes longer has failed. Default: 30. */
  readonly itemSeconds?: number | undefined;
  /** Items that a worker has under way at a time. Default: 1. */
  readonly concurrency?: number | undefined;
  /** False draws no timeline. */
  readonly plots?: boolean | undefined;
}

/** Options of `plan`: those of `run` that the plan follows from, and the deployment that it is for. */
export interface PlanOptions<Names extends string = string> extends ArrayOptions<Names> {
  /** Workers at a time of engines threads and local. Default: one per core. */
  readonly workers?: number | undefined;
  readonly deployment?: PlannedFor | undefined;
  /** Called before a kernel's file is built. */
  readonly onBuild?: (() => void) | undefined;
}

/** Options of `tune`: those of `run` that time and cost follow from, and what is fixed of the deployment. */
export interface TuneOptions<Names extends string = string> extends ArrayOptions<Names> {
  /** Workers at a time of engines threads and local, to which deployments are compared. Default: one per core. */
  readonly workers?: number | undefined;
  /** Whose prices. Default: us-east-1. */
  readonly region?: string | undefined;
  /** What a worker has for a message, 5 to 900. Default: 60. */
  readonly timeoutSeconds?: number | undefined;
  /** Called before a kernel's file is built. */
  readonly onBuild?: (() => void) | undefined;
}

/** Options of `attach`. */
export interface AttachOptions extends RemoteOptions, Listeners, Pick<EngineOptions, "out" | "report"> {}

/** Options of `open`: without them it is a folder of this machine. */
export interface OpenOptions extends RemoteOptions {
  /** `aws` for a job of a deployment, `redis` for one of a Redis; any other for a folder. Default: aws where a stack is named, redis where a Redis is. */
  readonly engine?: EngineName | undefined;
}

/** Options of `resume`. */
export interface ResumeOptions extends EngineOptions {
  /** What a job with a limit may cost from now on (USD), its earlier rounds included. Default: as before. */
  readonly maxUsd?: number | undefined;
  /** The path of the kernel's file, where it is not where it was. */
  readonly kernel?: string | URL | undefined;
  readonly python?: ArrayOptions["python"];
  /** Also where another version of its kernel began it, or messages of it may be in a queue. */
  readonly force?: boolean | undefined;
}

/** Options of `verify`. */
export interface VerifyOptions {
  /** How many of the stored chunks, drawn at random; or all. Default: 20. */
  readonly chunks?: number | "all" | undefined;
  /** The same seed draws the same chunks. */
  readonly seed?: number | undefined;
  /** The path of the kernel's file, where it is not where it was. */
  readonly kernel?: string | URL | undefined;
  readonly python?: ArrayOptions["python"];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: { readonly compared: number; readonly unequal: number; readonly of: number }) => void)
    | undefined;
}
