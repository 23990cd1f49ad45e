/** What a cell of an escape-time kernel costs. */

/**
 * The fast twins' costs, fitted to their times by chunk of the default region, docs/experiments/balance.md: a cell, an
 * iteration, what is added where the first iterations (16 then) do not decide, and the proof that a point never escapes.
 */
const CELL_WORK = 1;
const ONE_ITERATION_WORK = 0.5;
const UNDECIDED_WORK = 14;
const PROOF_WORK = 40;

export interface EscapeInputs {
  readonly x: number;
  readonly y: number;
  readonly maxIterations: number;
}

/** A kernel whose value counts its iterations, the one that escaped not included. */
export const ITERATION_WORK = {
  most: ({ maxIterations }: Pick<EscapeInputs, "maxIterations">): number => maxIterations,
  of: ({ maxIterations }: Pick<EscapeInputs, "maxIterations">, value: number): number => {
    const iterated = value < maxIterations ? ONE_ITERATION_WORK * value : PROOF_WORK;
    return Math.min(CELL_WORK + iterated + (value < 16 ? 0 : UNDECIDED_WORK), maxIterations);
  },
};
