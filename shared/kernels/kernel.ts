import type { ChunkArray, Dtype } from "./dtype.ts";

export * from "./dtype.ts";

/** The coordinates that one chunk covers: one per row, one per column. */
export interface Window {
  readonly y: Float64Array;
  readonly x: Float64Array;
}

/** A number the caller may set. Every kernel parameter is one; the bounds are inclusive. */
export interface ParameterSpec {
  readonly about: string;
  readonly unit: string;
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly integer?: boolean;
}

/** What a coordinate means. `from` and `to` are the default range, `at` the value of an axis the job leaves out. */
export interface KernelAxis {
  readonly name: string;
  readonly unit: string;
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/**
 * What an element costs to compute, in iterations of the plain Mandelbrot kernel (3.4 ns on the machine of
 * docs/experiments/balance.md), told from its value and its coordinates. Only estimates rest on it: a wrong one makes a fleet wait, never a result
 * wrong.
 */
export interface Work<Name extends string = string> {
  /** The most that one element can cost. */
  most(parameters: Readonly<Record<Name, number>>): number;
  of(parameters: Readonly<Record<Name, number>>, value: number, y: number, x: number): number;
}

/**
 * A function over a grid. `compute` fills one chunk and is pure: no I/O, no clock, no unseeded randomness,
 * and only operations that every engine rounds alike (+ - * / and comparisons; not Math.sin and friends),
 * so that the same chunk has the same bytes wherever it is computed.
 */
export interface Kernel<Name extends string = string> {
  readonly name: string;
  readonly about: string;
  readonly parameters: Readonly<Record<Name, ParameterSpec>>;
  /** [y, x]: rows first, as in the array. A job with one axis uses the second. */
  readonly axes: readonly [KernelAxis, KernelAxis];
  readonly value: { readonly name: string; readonly unit: string };
  /** Element types that can hold every value under these parameters, the preferred one first. */
  dtypes(parameters: Readonly<Record<Name, number>>): readonly Dtype[];
  /** Absent where every element costs about the same. */
  readonly work?: Work<NoInfer<Name>>;
  compute(parameters: Readonly<Record<Name, number>>, window: Window, out: ChunkArray): void;
}

/** The kernels a job may name. */
export type Registry = ReadonlyMap<string, Kernel>;

/** Types `compute` by the names of the declared parameters. */
export function defineKernel<Name extends string>(kernel: Kernel<Name>): Kernel<Name> {
  return kernel;
}

/**
 * The fast twins' costs, fitted to their times by chunk of the default region, docs/experiments/balance.md: a cell, an
 * iteration, what is added where the first iterations (16 then) do not decide, and the proof that a point never escapes.
 */
const CELL_WORK = 1;
const ONE_ITERATION_WORK = 0.5;
const UNDECIDED_WORK = 14;
const PROOF_WORK = 40;

/** A kernel whose value counts its iterations, the one that escaped not included. */
export const ITERATION_WORK: Work<"maxIterations"> = {
  most: ({ maxIterations }) => maxIterations,
  of: ({ maxIterations }, value) => {
    const iterated = value < maxIterations ? ONE_ITERATION_WORK * value : PROOF_WORK;
    return Math.min(CELL_WORK + iterated + (value < 16 ? 0 : UNDECIDED_WORK), maxIterations);
  },
};
