import fc from "fast-check";
import { expect, test } from "vitest";
import { fastCompute } from "../../helpers/fast.ts";
import { computeBoth, windowOver } from "../../helpers/windows.ts";

/** Where the twins leave iterations out, at the edge of where they may: c, [re, im]. */
type Complex = readonly [number, number];

/** c under which the fixed point has this multiplier: the cardioid's edge where it is 1 in absolute value. */
const inCardioid = ([re, im]: Complex): Complex => [re / 2 - (re * re - im * im) / 4, im / 2 - (re * im) / 2];
const inDisc = ([re, im]: Complex): Complex => [-1 + re / 4, im / 4];
const onCircle2 = ([re, im]: Complex): Complex => [2 * re, 2 * im];

/** Turns that are fractions, whose points have the next bulbs, as often as any. */
const turns = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 13 })).map(([p, q]) => p / q),
);
/** Around 1, and around where the twins stop taking points as interior by their c. */
const radii = fc
  .tuple(
    fc.constantFrom(1, Math.sqrt(0.998)),
    fc.constantFrom(1, -1),
    fc.double({ min: -16, max: -1, noNaN: true }),
  )
  .map(([around, sign, exponent]) => around * (1 + sign * 10 ** exponent));
const points = fc
  .record({ place: fc.constantFrom(inCardioid, inDisc, onCircle2), turn: turns, radius: radii })
  .map(({ place, turn, radius }) =>
    place([radius * Math.cos(2 * Math.PI * turn), radius * Math.sin(2 * Math.PI * turn)]),
  );
const limits = fc.double({ min: 0, max: 4.7, noNaN: true }).map((exponent) => Math.floor(10 ** exponent));

test("at the edges of the cardioid, of the disc around -1 and of |c| = 2 mandelbrot's twin equals it", () => {
  fc.assert(
    fc.property(fc.array(points, { minLength: 1, maxLength: 20 }), limits, (cs, maxIterations) => {
      for (const [re, im] of cs) {
        const window = windowOver({ y: Float64Array.of(im), x: Float64Array.of(re) }, { maxIterations });
        const [plain, fast] = [new Uint32Array(1), new Uint32Array(1)];
        computeBoth("mandelbrot", window, plain, fast);
        expect(fast[0], `under ${re} + ${im}i`).toBe(plain[0]);
      }
    }),
    { numRuns: 200 },
  );
}, 60_000);

test("of a group of eight those that stay inside by their c, and those that do not, keep their own counts", () => {
  // Columns across the cardioid's cusp, the seam where it meets the disc, and the disc's left end.
  for (const centre of [0.25, -0.75, -1.25]) {
    const x = Float64Array.from({ length: 64 }, (_, k) => centre + (k - 31.5) * 4e-3);
    const y = Float64Array.of(0, 0.01, 0.05);
    const [plain, fast] = [new Uint16Array(192), new Uint16Array(192)];
    computeBoth("mandelbrot", windowOver({ y, x }, { maxIterations: 3000 }), plain, fast);
    expect(fast).toEqual(plain);
    expect(new Set(plain).size).toBeGreaterThan(1);
  }
});

/** Centres of components, where 0 comes back to itself after a number of iterations; found by Newton's method. */
const CENTRES: readonly (readonly [number, number, number])[] = [
  [3, -1.754877666246693, 0],
  [3, -0.12256116687665362, 0.7448617666197442],
  [4, 0.28227139076691393, 0.5300606175785253],
  [5, 0.3795135880159236, 0.3349323055974981],
  [5, -1.6254137251233, 0],
];

test.each(CENTRES)(
  "a billion iterations are counted without being run where the period is %i, around %d + %di",
  (_, re, im) => {
    const around = (centre: number) => Float64Array.of(centre - 1e-4, centre, centre + 1e-4);
    const window = windowOver({ y: around(im), x: around(re) }, { maxIterations: 1e9 });
    const out = new Uint32Array(9);
    fastCompute("mandelbrot")(window, [out]);
    expect([...out]).toEqual(Array(9).fill(1e9));
    const z = { y: Float64Array.of(0, 1e-3), x: Float64Array.of(0, 1e-3) };
    fastCompute("julia")(windowOver(z, { maxIterations: 1e9, cRe: re, cIm: im }), [out]);
    expect([...out.subarray(0, 4)]).toEqual(Array(4).fill(1e9));
  },
);
