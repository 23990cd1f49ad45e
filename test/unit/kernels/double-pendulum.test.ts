import { expect, test } from "vitest";
import { seededRandom } from "../../../client/local/seeded-random.ts";
import { sinCos } from "../../../shared/kernels/double-pendulum/sin-cos.ts";
import { defaultsOf } from "../../helpers/kernels.ts";
import { computePlain, windowOver } from "../../helpers/windows.ts";

const defaults = defaultsOf("double-pendulum");

function timeToFlip(angle1: number, angle2: number, parameters = {}): number {
  const out = new Float64Array(1);
  const angles = { angle2: Float64Array.of(angle2), angle1: Float64Array.of(angle1) };
  computePlain("double-pendulum", windowOver(angles, { ...defaults, ...parameters }), out);
  return out[0] ?? Number.NaN;
}

test("sine and cosine are within an ulp or so of the mathematical ones, far from the origin too", () => {
  const random = seededRandom(1);
  const out = new Float64Array(2);
  let worst = 0;
  for (let k = 0; k < 100_000; k++) {
    const x = (random() - 0.5) * 10 ** (1 + 4 * random());
    sinCos(x, out);
    worst = Math.max(worst, Math.abs(out[0]! - Math.sin(x)), Math.abs(out[1]! - Math.cos(x)));
  }
  expect(worst).toBeLessThan(1e-15);
});

test("a pendulum hanging still never flips, and its value is the duration", () => {
  expect(timeToFlip(0, 0)).toBe(10);
  expect(timeToFlip(0, 0, { duration: 3 })).toBe(3);
});

test("without the energy to lift the second arm over the top there is no flip", () => {
  // Energy conservation, equal arms and masses: a flip needs 2 cos θ1 + cos θ2 <= 1.
  for (const [a, b] of [
    [0.5, 0.5],
    [-1, 0.5],
    [1, -1],
    [0.3, 1.2],
  ] as const) {
    expect(2 * Math.cos(a) + Math.cos(b)).toBeGreaterThan(1);
    expect(timeToFlip(a, b)).toBe(10);
  }
});

test("a flip found with the default step is found at nearly the same time with a tenth of it", () => {
  for (const [a, b] of [
    [2, 2],
    [1.8, -2.5],
    [-2.2, 1.5],
  ] as const) {
    const coarse = timeToFlip(a, b);
    expect(coarse).toBeLessThan(10);
    expect(Math.abs(coarse - timeToFlip(a, b, { timeStep: 0.001 }))).toBeLessThan(0.03);
  }
});

test("mirrored angles flip at the same time", () => {
  expect(timeToFlip(2.1, 1.3)).toBe(timeToFlip(-2.1, -1.3));
});

test("time scales with the square root of length over gravity", () => {
  const slow = timeToFlip(2, 2, { gravity: 9.81 / 4, timeStep: 0.02, duration: 20 });
  expect(slow).toBeCloseTo(2 * timeToFlip(2, 2), 6);
});
