import fc from "fast-check";
import { expect, test } from "vitest";
import { kneeOf } from "../../../shared/plan/knee.ts";

const itself = (seconds: number) => seconds;

test("the knee is the first choice that takes at most a tenth longer than the fastest", () => {
  expect(kneeOf([736, 32, 10, 6.5, 5.4, 5, 5.2], itself)).toBe(5.4);
  expect(kneeOf([5.5, 5], itself)).toBe(5.5);
  expect(kneeOf([5.51, 5], itself)).toBe(5);
  expect(kneeOf([7], itself)).toBe(7);
});

test("its choice is a fleet, a prediction, whatever has a time", () => {
  const seconds = (workers: number) => 2.5 + 640 / workers + workers / 500;
  expect(kneeOf([25, 100, 300, 700], seconds)).toBe(300);
});

test("no choice before the knee is nearly as fast, and none after it saves more than a tenth", () => {
  const times = fc.array(fc.double({ min: 0.1, max: 1e5, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(times, (all) => {
      const knee = kneeOf([...all.keys()], (at) => all[at]!);
      const least = Math.min(...all);
      expect(all[knee]).toBeLessThanOrEqual(1.1 * least);
      for (const before of all.slice(0, knee)) expect(before).toBeGreaterThan(1.1 * least);
    }),
  );
});

test("nothing has no knee", () => {
  expect(() => kneeOf([], itself)).toThrow(RangeError);
});
