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

export const MANDELBROT_WORK = {
  ...ITERATION_WORK,
  // The twin knows most interior points by c, without an iteration.
  of: (inputs: EscapeInputs, value: number): number =>
    value === inputs.maxIterations && isInCardioidOrDisc(inputs.x, inputs.y)
      ? 1
      : ITERATION_WORK.of(inputs, value),
};

/** The two large parts of the set, where 0 is drawn to one point or to two. */
function isInCardioidOrDisc(cr: number, ci: number): boolean {
  const x = cr - 0.25;
  const q = x * x + ci * ci;
  return q * (q + x) < (ci * ci) / 4 || (cr + 1) ** 2 + ci * ci < 1 / 16;
}
