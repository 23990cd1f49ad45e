/** What the author of a kernel writes: `kernel({ … })` or `task({ … })` as the default export of a file. */
import type { ChunkArray, Dtype } from "./dtype.ts";
import type { InputValue } from "./input-value.ts";

/** A number that the function depends on. With `from` and `to` it is swept unless the job holds it fixed. */
export interface NumberInputSource {
  /** What it is, in words that stand alone: they label the axis of a picture. */
  readonly about?: string;
  readonly unit?: string;
  /** Where it is absent, and `from` and `to` too, each job must give the input. */
  readonly default?: number;
  /** Inclusive. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly integer?: boolean;
  /** The range that is swept by default: from `from` (inclusive) to `to` (exclusive). */
  readonly from?: number;
  readonly to?: number;
  readonly scale?: "linear" | "log";
}

/** One of several words; the first, unless `default` says otherwise. */
export interface ChoiceInputSource {
  readonly about?: string;
  readonly choices: readonly string[];
  readonly default?: string;
}

/** True or false; false, unless `default` says otherwise. */
export interface FlagInputSource {
  readonly about?: string;
  readonly flag: true;
  readonly default?: boolean;
}

export type InputSource = NumberInputSource | ChoiceInputSource | FlagInputSource;
export type InputSources = Readonly<Record<string, InputSource>>;

/** One number that is computed for each cell. */
export interface ValueSource<Names extends string = string> {
  /** What it is, in words that stand alone: they label its picture. */
  readonly about?: string;
  readonly unit?: string;
  /**
   * An element type, or several that a job may choose from, the preferred one first; or `{ countsTo: "limit" }` for counts from 0 to the input
   * `limit`, in the smallest type that holds them. Default: float64, or float32.
   */
  readonly dtype?: Dtype | readonly Dtype[] | { readonly countsTo: Names };
  /**
   * A value that is no measure but says that there is none, such as `{ equals: "duration", means: "never flips" }`: a number, or the input
   * whose value it is. Pictures draw it in a colour of its own.
   */
  readonly special?: { readonly equals: number | Names; readonly means: string };
}

export interface NamedValueSource<Names extends string = string> extends ValueSource<Names> {
  readonly name: string;
}

/** An input as `point` receives it. */
export type PointInput<Source> = Source extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : Source extends { readonly flag: true }
    ? boolean
    : number;

/** An input as `fill` receives it: its coordinates along the window's axis where it has `from` and `to`. */
export type FillInput<Source> = Source extends { readonly from: number; readonly to: number }
  ? Float64Array
  : PointInput<Source>;

export interface PointTools {
  /** A number from 0 to 1 (exclusive): the next one of the cell's own sequence, which follows from the job's seed and the cell's place in the array. */
  readonly random: () => number;
}

export interface FillTools {
  /** The sequence of random numbers of a cell, by its index in the window. */
  readonly randomAt: (cell: number) => () => number;
}

export interface TaskTools {
  /** As for a point: the sequence follows from the job's seed and the item's index. */
  readonly random: () => number;
  /** Aborted when the item's time is over. */
  readonly signal: AbortSignal;
}

export type Several = Readonly<Record<string, ValueSource>>;

export interface Common<Inputs extends InputSources> {
  /** Default: the name of the file. */
  readonly name?: string;
  /** What is computed, in a few words. */
  readonly about?: string;
  /** What it is a function of, in the order of the array's axes. */
  readonly inputs: Inputs & DefaultsAmongChoices<Inputs>;
  /** A WebAssembly module with the same bits, sooner: a path relative to this file. */
  readonly fast?: string;
}

export type DefaultsAmongChoices<Inputs> = {
  readonly [Name in keyof Inputs]: Inputs[Name] extends { readonly choices: readonly (infer Choice)[] }
    ? { readonly default?: Choice }
    : unknown;
};

export type OneOrSeveral<Inputs, Values> =
  | { readonly value: NamedValueSource<keyof Inputs & string>; readonly values?: never }
  | {
      readonly values: Values & { readonly [Name in keyof Values]: ValueSource<keyof Inputs & string> };
      readonly value?: never;
    };

/** `point` computes one cell. */
export interface ByPoint<Inputs, Result> {
  point(inputs: { readonly [Name in keyof Inputs]: PointInput<Inputs[Name]> }, tools: PointTools): Result;
  readonly fill?: never;
  /** A cell that throws is NaN (the fill value among integers), instead of failing its chunk. */
  readonly onError?: "nan";
}

/** `fill` computes a window: `out` has a cell for each combination of the coordinates, row-major, the axes in the order of the inputs. */
export interface ByFill<Inputs, Out> {
  fill(
    window: { readonly [Name in keyof Inputs]: FillInput<Inputs[Name]> },
    out: Out,
    tools: FillTools,
  ): void;
  readonly point?: never;
  readonly onError?: never;
}

export interface Kind {
  readonly kind: "kernel";
}

/** A number, or one for each of several values by name; `Values` has no names of its own where there is one value. */
export type Result<Values> = string extends keyof Values
  ? number
  : { readonly [Name in keyof Values]: number };
export type Out<Values> = string extends keyof Values
  ? ChunkArray
  : { readonly [Name in keyof Values]: ChunkArray };

/** A kernel, as its file exports it. */
export interface KernelSource {
  readonly kind: "kernel";
  readonly name?: string;
  readonly about?: string;
  readonly inputs: InputSources;
  readonly value?: NamedValueSource;
  readonly values?: Several;
  readonly onError?: "nan";
  readonly fast?: string;
  readonly point?: (inputs: never, tools: PointTools) => number | Readonly<Record<string, number>>;
  readonly fill?: (window: never, out: never, tools: FillTools) => void;
}

// Marks what a kernel's file exports; api/kernel.ts has what users call, with its documentation.
export function kernel<const Inputs extends InputSources, const Values extends Several>(
  source: Common<Inputs> & OneOrSeveral<Inputs, Values> & ByFill<Inputs, Out<Values>>,
): typeof source & Kind;
export function kernel<const Inputs extends InputSources, const Values extends Several>(
  source: Common<Inputs> & OneOrSeveral<Inputs, Values> & ByPoint<Inputs, Result<Values>>,
): typeof source & Kind;
export function kernel(source: object): object {
  return { ...source, kind: "kernel" };
}

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface TaskSource {
  readonly kind: "task";
  readonly name?: string;
  readonly about?: string;
  readonly task: (item: never, tools: TaskTools) => Json | Promise<Json>;
}

// The same for a task.
export function task<Item extends Json, Result extends Json>(source: {
  readonly name?: string;
  readonly about?: string;
  task(item: Item, tools: TaskTools): Result | Promise<Result>;
}): typeof source & { readonly kind: "task" } {
  return { ...source, kind: "task" };
}

export type { ChunkArray, Dtype, InputValue };
