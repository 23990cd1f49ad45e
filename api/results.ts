/** What jobs give: a job that runs, its arrays, the items that were mapped, and jobs that are opened again. */
import type { ChunkArray, Dtype, InputValue, Json, KernelSource } from "../shared/kernels/authoring.ts";
import type { SeveralNames } from "./inputs.ts";
import type { EngineName, ResumeOptions, VerifyOptions } from "./options.ts";
import type { JobStatus, SubmissionPlan, Summary } from "./records.ts";

/** How far a job is. */
export interface JobProgress {
  readonly chunks: number;
  readonly done: number;
  /** For good. */
  readonly failed: number;
  /** In work. */
  readonly active: number;
  /** Whether a deployment's messages seem to wait with no worker at any. */
  readonly isUnattended: boolean;
  /** Whether a deployment cannot be reached at the moment. */
  readonly isLost: boolean;
  /** Objects that are being brought here from a deployment. */
  readonly fetched?: { readonly objects: number; readonly of: number } | undefined;
}

/**
 * A job that runs. It is a promise of its result, and its progress as it comes: the latest each time it is asked for, at least once,
 * the last when the job has ended. To leave the loop does not stop the job; the option `signal` does.
 * @example
 * const job = run("./spot.ts", { depth: 50 });
 * for await (const { done, chunks } of job) console.log(`${done} of ${chunks}`);
 * const { array } = await job;
 */
export interface Job<Result = JobResult> extends Promise<Result>, AsyncIterable<JobProgress> {}

/** How a job ended, whatever its state: `summary.state` is `complete` where no chunk failed. */
interface Ended {
  readonly jobId: string;
  readonly engine: EngineName;
  /** As `out` named it, or results/<job id>; `array/` in it is a group of Zarr v3, beside the pictures. */
  readonly folder: string;
  readonly summary: Summary;
  /** Wall time of each phase; `startUp` counts from the call. */
  readonly phasesMs: { readonly [phase: string]: number };
  /** Messages that nothing could be made of; they are kept in rejected/. */
  readonly rejected: number;
  /** What of a deployment's results was brought here: not the array where it is large. It is read from there. */
  readonly fetched?: "all" | "pictures" | undefined;
}

/** How a job of one value ended. */
export interface JobResult extends Ended {
  readonly array: JobArray;
  /** The same by its name. */
  readonly arrays: { readonly [value: string]: JobArray };
}

/** How a job of several values ended. */
export interface SeveralResult<Names extends string> extends Ended {
  readonly arrays: { readonly [Name in Names]: JobArray };
}

/** How a job of this kernel ends. */
export type ResultOf<Kernel extends KernelSource> = [SeveralNames<Kernel>] extends [never]
  ? JobResult
  : SeveralResult<SeveralNames<Kernel>>;

/** A part of an array: indices along an axis, `from` (inclusive) to `to` (exclusive). An axis that is not named comes whole. */
export interface Window {
  readonly [axis: string]: { readonly from?: number | undefined; readonly to?: number | undefined };
}

/** Cells of an array, row-major. */
export interface Cells {
  readonly values: ChunkArray;
  readonly shape: readonly number[];
  /** The first cell's index along each axis. */
  readonly from: readonly number[];
}

export interface WindowCells extends Cells {
  /** The chunks that are not stored and that the window covers: their cells have the fill value. */
  readonly missing: readonly number[];
}

export interface ChunkCells extends Cells {
  readonly chunk: number;
  /** False where the chunk is not stored: its cells have the fill value. */
  readonly isStored: boolean;
}

/** An axis of an array: the input that is swept. */
export interface ArrayAxis {
  readonly name: string;
  readonly about: string;
  readonly unit: string;
  /** The points: numbers as a Float64Array, words and flags as a list. */
  readonly values: Float64Array | readonly InputValue[];
}

/**
 * An array of a job. Nothing is read before it is asked for, and then chunk by chunk.
 * @example
 * const { values } = await array.get({ spot: { from: 10, to: 20 } }); // ten rows
 * for await (const { values, from } of array) console.log(from, Math.max(...values));
 */
export interface JobArray extends AsyncIterable<ChunkCells> {
  readonly name: string;
  readonly about: string;
  readonly unit: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly chunkShape: readonly number[];
  readonly axes: readonly ArrayAxis[];
  /** Marks cells that are not stored: the largest number of an integer type, NaN among floats. */
  readonly fillValue: number;
  /** A part of it, or all. Rejects with CorruptChunkError where a chunk is damaged. */
  get(window?: Window): Promise<WindowCells>;
  /** All cells, row-major. */
  toTypedArray(): Promise<ChunkArray>;
  /** The chunks that are not stored, by their numbers. */
  missing(): Promise<readonly number[]>;
}

/** What became of an item. */
export type MappedItem<Value = Json> =
  | { readonly index: number; readonly value: Value; readonly error?: never }
  | { readonly index: number; readonly error: string; readonly value?: never };

/** How a job that maps items ended. Its folder has results.jsonl, a line an item. */
export interface MapResult extends Ended {}

/**
 * A job that maps items. It is a promise of how it ended, and its results in the order of the items, as soon as they are there.
 * @example
 * for await (const { index, value, error } of map("./title.ts", urls)) console.log(index, error ?? value);
 */
export interface MapJob<Value = Json> extends Promise<MapResult>, AsyncIterable<MappedItem<Value>> {}

/** A job that was handed over to a deployment. */
export interface SubmittedJob<Result = JobResult> {
  readonly jobId: string;
  readonly chunks: number;
  readonly messages: number;
  /** Absent where nothing was to be sent, or the deployment is of a version without plans. */
  readonly plan?: SubmissionPlan | undefined;
  /** Follows it to its end and brings its results, as `attach` does. */
  attach(options?: {
    readonly out?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Job<Result>;
  status(): Promise<JobStatus>;
  /** What is stored stays. */
  cancel(): Promise<void>;
}

/** A job of a folder or of a deployment. */
export interface OpenedJob {
  readonly jobId: string;
  readonly kernel: string;
  /** Absolute; undefined for one of a deployment. */
  readonly folder: string | undefined;
  /** By the names of its values; none where items were mapped. */
  readonly arrays: { readonly [value: string]: JobArray };
  /** Where there is one value; it throws where there are several, or none. */
  readonly array: JobArray;
  /** The results of a job that maps items, in their order; those of shards that are not stored are left out. */
  items(): AsyncIterable<MappedItem>;
  status(): Promise<JobStatus>;
  /** Computes what is missing. */
  resume(options?: ResumeOptions): Job;
  /** Computes stored chunks again and compares them bit for bit. */
  verify(options?: VerifyOptions): Promise<Verification>;
  /** Stops it where it runs; what is stored stays. Rejects with InvalidInputError where no process is at it. */
  cancel(): Promise<void>;
}

/** How stored chunks compare with what the plain kernel computes. */
export interface Verification {
  /** Whether no chunk is missing, and what was compared is equal. */
  readonly isEqual: boolean;
  /** Undefined where all were compared. */
  readonly seed: number | undefined;
  readonly chunks: {
    readonly total: number;
    readonly stored: number;
    readonly compared: number;
    readonly equal: number;
  };
  readonly different: readonly DifferentChunk[];
  readonly corrupt: readonly { readonly chunk: number; readonly why: string }[];
  /** Refused by the store. */
  readonly unreadable: readonly { readonly chunk: number; readonly why: string }[];
  readonly missing: readonly number[];
  /** What of the array's metadata is not the job's. */
  readonly metadata: string | undefined;
}

export interface DifferentChunk {
  readonly chunk: number;
  /** Cells that differ, of all. */
  readonly cells: number;
  readonly of: number;
  /** Which value, where there are several. */
  readonly value?: string | undefined;
  /** The first that differs: its index along each axis. */
  readonly at: readonly number[];
  /** A number, or text for NaN, -0 and the infinities. */
  readonly stored: number | string;
  readonly computed: number | string;
  /** CRC-32C of the decoded bytes. */
  readonly storedChecksum: string;
  readonly computedChecksum: string;
}
