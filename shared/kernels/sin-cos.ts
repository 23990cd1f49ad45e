/**
 * Sine and cosine from + - * and rounding down alone, so that every engine and processor gives the same bits;
 * Math.sin may not. Polynomials and the split of π/2 are fdlibm's (k_sin.c, k_cos.c, e_rem_pio2.c); the error
 * is below 1e-15 for |x| up to 1e5.
 */
const TWO_OVER_PI = 6.36619772367581382433e-1;
const HALF_PI_1 = 1.57079632673412561417;
const HALF_PI_2 = 6.07710050630396597660e-11;
const HALF_PI_3 = 2.02226624879595063154e-21;

/** Writes sin(x) to out[0] and cos(x) to out[1]; `x` in radians. No array is made: this is the inner loop. */
export function sinCos(x: number, out: Float64Array): void {
  const quarter = Math.floor(x * TWO_OVER_PI + 0.5);
  const r = x - quarter * HALF_PI_1 - quarter * HALF_PI_2 - quarter * HALF_PI_3;
  const z = r * r;
  const sine =
    r +
    r * z * (-1.66666666666666324348e-1 + z * (8.33333333332248946124e-3 + z * (-1.98412698298579493134e-4 +
      z * (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)))));
  const cosine =
    1 - 0.5 * z +
    z * z * (4.16666666666666019037e-2 + z * (-1.38888888888741095749e-3 + z * (2.48015872894767294178e-5 +
      z * (-2.75573143513906633035e-7 + z * (2.08757232129817482790e-9 + z * -1.13596475577881948265e-11)))));
  const turned = quarter - 4 * Math.floor(quarter / 4);
  out[0] = turned === 0 ? sine : turned === 1 ? cosine : turned === 2 ? -sine : -cosine;
  out[1] = turned === 0 ? cosine : turned === 1 ? -sine : turned === 2 ? -cosine : sine;
}
