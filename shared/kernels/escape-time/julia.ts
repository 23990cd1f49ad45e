import { kernel } from "../authoring.ts";

/**
 * Julia-set escape-time counts: the index of the iteration after which |z| > 2 under z -> z² + c, z starting at
 * the grid point, or `maxIterations` where that never happens. With |c| <= 2 such a point never comes back.
 */
export const julia = kernel({
  name: "julia",
  about: "iterations of z -> z² + c until |z| > 2, over the plane of the starting z",
  inputs: {
    y: { about: "Im z", from: 1.1, to: -1.1, default: 0 },
    x: { about: "Re z", from: -1.7, to: 1.7, default: 0 },
    maxIterations: {
      about: "count given to points that never escape",
      unit: "iterations",
      default: 1000,
      minimum: 1,
      maximum: 1_000_000_000,
      integer: true,
    },
    cRe: { about: "real part of the constant c", default: -0.8, minimum: -2, maximum: 2 },
    cIm: { about: "imaginary part of the constant c", default: 0.156, minimum: -2, maximum: 2 },
  },
  value: {
    name: "escape_time",
    about: "escape time",
    unit: "iterations",
    dtype: { countsTo: "maxIterations" },
  },

  fill({ y, x, maxIterations, cRe, cIm }, out) {
    let at = 0;
    for (const startIm of y) {
      for (const startRe of x) {
        let zr = startRe;
        let zi = startIm;
        let count = 0;
        while (count < maxIterations) {
          const imaginary = zr * zi;
          zr = zr * zr - zi * zi + cRe;
          zi = imaginary + imaginary + cIm;
          // Not `> 4`: from far enough out, z² is NaN, which has escaped all the same.
          if (!(zr * zr + zi * zi <= 4)) break;
          count++;
        }
        out[at++] = count;
      }
    }
  },
});
