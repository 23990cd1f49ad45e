/** What a caller says of a kernel's inputs, typed by what the kernel declares. */
import type { InputValue, Json, KernelSource, TaskSource } from "../shared/kernels/authoring.ts";

/**
 * A range that is swept, from `from` (inclusive) towards `to` (exclusive). What is left out is the kernel's own; without `count` and
 * `step` the option `points` or `size` says how many points it has.
 */
export interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The number of points. */
  readonly count?: number | undefined;
  /** Instead of `count`; not on a logarithmic scale. */
  readonly step?: number | undefined;
  /** Even steps, or steps of an even ratio. */
  readonly scale?: "linear" | "log" | undefined;
}

/** A value that is held fixed, a list of points, or of a number also a range. */
export type AnyInput = InputValue | readonly InputValue[] | Range;

/** Where nothing is known of the kernel: it is named by a path or a built-in's name. */
export type AnyInputs = Readonly<Record<string, AnyInput | undefined>>;

type InputOf<Source> = Source extends { readonly choices: readonly (infer Choice)[] }
  ? Choice | readonly Choice[]
  : Source extends { readonly flag: true }
    ? boolean | readonly boolean[]
    : number | readonly number[] | Range;

/** Whether a job may leave the input out: words and flags always have a value. */
type MayBeAbsent<Source> = Source extends
  | { readonly choices: readonly string[] }
  | { readonly flag: true }
  | { readonly default: number }
  | { readonly from: number; readonly to: number }
  ? true
  : false;

type Declared<Sources> = {
  readonly [Name in keyof Sources as MayBeAbsent<Sources[Name]> extends true ? Name : never]?:
    | InputOf<Sources[Name]>
    | undefined;
} & {
  readonly [Name in keyof Sources as MayBeAbsent<Sources[Name]> extends true ? never : Name]: InputOf<
    Sources[Name]
  >;
};

/** What a job may say of this kernel's inputs. */
export type InputsOf<Kernel extends KernelSource> = string extends keyof Kernel["inputs"]
  ? AnyInputs
  : Declared<Kernel["inputs"]>;

/** The names of the kernel's inputs. */
export type InputNames<Kernel extends KernelSource> = keyof Kernel["inputs"] & string;

/** The names of a kernel's values where it gives several; `never` where it gives one. */
export type SeveralNames<Kernel extends KernelSource> = string extends keyof NonNullable<Kernel["values"]>
  ? never
  : keyof NonNullable<Kernel["values"]> & string;

/** What a task takes. */
export type ItemOf<Task extends TaskSource> = [Parameters<Task["task"]>[0]] extends [never]
  ? Json
  : Parameters<Task["task"]>[0];

/** What a task gives. */
export type ValueOf<Task extends TaskSource> = Awaited<ReturnType<Task["task"]>>;
