import type { Declaration, InputValue } from "./declaration.ts";
import type { ChunkArray } from "./dtype.ts";
import type { Upload } from "./uploads.ts";

/** The cells that one chunk covers. */
export interface ChunkWindow {
  /** The inputs that the job holds fixed. */
  readonly parameters: Readonly<Record<string, InputValue>>;
  /** The swept ones in the order of the array's axes, each with the chunk's coordinates along its axis. */
  readonly axes: readonly WindowAxis[];
  /** The chunk's first cell, and the shape of the whole array: a cell's random numbers follow from its place in it. */
  readonly from: readonly number[];
  readonly shape: readonly number[];
  readonly seed: number;
}

export interface WindowAxis {
  readonly input: string;
  readonly values: Float64Array | readonly InputValue[];
}

/** Fills `out`, an array a value in the order of the declaration, each row-major with the shape of the window. */
export type Compute = (window: ChunkWindow, out: readonly ChunkArray[]) => void;

/** What a cell costs, in iterations of the plain Mandelbrot kernel. Only estimates rest on it. */
export interface CellWork {
  /** The most that one cell can cost under these inputs. */
  most(parameters: Readonly<Record<string, InputValue>>): number;
  of(inputs: Readonly<Record<string, InputValue>>, value: number): number;
}

/** One item's circumstances. */
export interface ItemRun {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly seed: number;
  /** What it may take. */
  readonly seconds: number;
  /** Aborted where the run is interrupted. */
  readonly signal?: AbortSignal | undefined;
}

/** What became of an item: its value as JSON, or a sentence with the error and the line of the user's file. */
export type ItemResult = { readonly json: string } | { readonly error: string };

/** Maps one item. Never rejects. */
export type Task = (item: unknown, run: ItemRun) => Promise<ItemResult>;

/** The items of a shard, each a line of JSON, and their circumstances. */
export interface MapRun extends Omit<ItemRun, "index"> {
  /** The index of the first item. */
  readonly first: number;
  /** Items under way at a time. */
  readonly concurrency: number;
  /** The most bytes of all results. */
  readonly mostBytes: number;
  /** Results that are there already, in this round or an earlier one. */
  readonly former: { readonly lines: readonly string[]; readonly isEarlierRound: boolean } | undefined;
  /** Asked before each item: false once there is no time for one more. */
  readonly mayBegin: () => Promise<boolean>;
}

/** A line of JSON an item, and how many gave a value, failed, were not begun, and were begun now. */
interface Mapped {
  readonly lines: readonly string[];
  readonly given: number;
  readonly failed: number;
  readonly unfinished: number;
  readonly begun: number;
}

export type MapItems = (items: readonly string[], run: MapRun) => Promise<Mapped>;

/** A kernel that is ready to compute. */
export interface LoadedKernel {
  readonly name: string;
  /** What its bits depend on; absent where tests bring a kernel. */
  readonly hash?: string | undefined;
  readonly declaration: Declaration;
  /** Throws for a task, which has no cells, and for what was uploaded. */
  readonly compute: Compute;
  /** Where it was uploaded: its code, which a thread of its own is to compute with. */
  readonly upload?: Upload | undefined;
  /** Called after `compute`: throws the error of a rejected promise that it left behind. Absent where there can be none. */
  readonly settled?: (() => Promise<void>) | undefined;
  /** Where the file exports a task. */
  readonly map?: MapItems | undefined;
  /** Its twin: the same bits, sooner. */
  readonly fast?: Compute | undefined;
  readonly work?: CellWork | undefined;
  /** The size, as the tutorial counts it, of a job that says nothing of its extent. */
  readonly size?: number | undefined;
}
