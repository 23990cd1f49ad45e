import { countDtypes, defineKernel, ITERATION_WORK } from "./kernel.ts";

/**
 * Mandelbrot escape-time counts: the index of the iteration after which |z| > 2 under z -> z² + c from z = 0,
 * or `maxIterations` where that never happens.
 */
export const mandelbrot = defineKernel({
  name: "mandelbrot",
  about: "iterations of z -> z² + c from 0 until |z| > 2, over the plane of c",
  parameters: {
    maxIterations: {
      about: "count given to points that never escape",
      unit: "iterations",
      default: 1000,
      minimum: 1,
      maximum: 1_000_000_000,
      integer: true,
    },
  },
  axes: [
    { name: "Im c", unit: "", from: 1.3, to: -1.3, at: 0 },
    { name: "Re c", unit: "", from: -2.13, to: 0.77, at: 0 },
  ],
  value: { name: "escape time", unit: "iterations" },
  dtypes: ({ maxIterations }) => countDtypes(maxIterations),
  work: {
    ...ITERATION_WORK,
    // The twin knows most interior points by c, without an iteration.
    of: (parameters, value, y, x) =>
      value === parameters.maxIterations && isInCardioidOrDisc(x, y)
        ? 1
        : ITERATION_WORK.of(parameters, value, y, x),
  },

  compute({ maxIterations }, { y, x }, out) {
    let at = 0;
    for (const ci of y) {
      for (const cr of x) {
        let zr = 0;
        let zi = 0;
        let count = 0;
        while (count < maxIterations) {
          const imaginary = zr * zi;
          zr = zr * zr - zi * zi + cr;
          zi = imaginary + imaginary + ci;
          if (zr * zr + zi * zi > 4) break;
          count++;
        }
        out[at++] = count;
      }
    }
  },
});

/** The two large parts of the set, where 0 is drawn to one point or to two. */
function isInCardioidOrDisc(cr: number, ci: number): boolean {
  const x = cr - 0.25;
  const q = x * x + ci * ci;
  return q * (q + x) < (ci * ci) / 4 || (cr + 1) ** 2 + ci * ci < 1 / 16;
}
