import { kernel } from "../authoring.ts";

/**
 * Mandelbrot escape-time counts: the index of the iteration after which |z| > 2 under z -> z² + c from z = 0,
 * or `maxIterations` where that never happens.
 */
export const mandelbrot = kernel({
  name: "mandelbrot",
  about: "iterations of z -> z² + c from 0 until |z| > 2, over the plane of c",
  inputs: {
    y: { about: "Im c", from: 1.3, to: -1.3, default: 0 },
    x: { about: "Re c", from: -2.13, to: 0.77, default: 0 },
    maxIterations: {
      about: "count given to points that never escape",
      unit: "iterations",
      default: 1000,
      minimum: 1,
      maximum: 1_000_000_000,
      integer: true,
    },
  },
  value: {
    name: "escape_time",
    about: "escape time",
    unit: "iterations",
    dtype: { countsTo: "maxIterations" },
  },

  fill({ y, x, maxIterations }, out) {
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
