import fc from "fast-check";
import { expect, test } from "vitest";
import { kneeOf } from "../../../shared/plan/knee.ts";

interface Offer {
  readonly seconds: number;
  readonly usd: number;
}
const seconds = (of: Offer) => of.seconds;
const usd = (of: Offer) => of.usd;

test("the knee of a pendulum's fleets is where more workers begin to cost more than they save", () => {
  const front = [
    { workers: 25, seconds: 32, usd: 0.033 },
    { workers: 100, seconds: 10, usd: 0.035 },
    { workers: 200, seconds: 6.5, usd: 0.038 },
    { workers: 720, seconds: 5, usd: 0.052 },
  ];
  expect(kneeOf(front, seconds, usd).workers).toBe(200);
});

test("what is sooner at hardly any more cost is taken, and what is dearer and no sooner is not", () => {
  const [slow, fast, dear] = [
    { seconds: 100, usd: 1 },
    { seconds: 90, usd: 1.01 },
    { seconds: 90, usd: 1.02 },
  ];
  expect(kneeOf([slow!, fast!, dear!], seconds, usd)).toBe(fast);
});

test("of any two choices the knee's advantage in one is more than its disadvantage in the other, whatever the currency", () => {
  const amount = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.record({ seconds: amount, usd: amount }), { minLength: 1 }), (all) => {
      const knee = kneeOf(all, seconds, usd);
      for (const other of all)
        expect(knee.seconds / other.seconds).toBeLessThanOrEqual((other.usd / knee.usd) * (1 + 1e-12));
      expect(kneeOf(all, seconds, ({ usd: euros }: Offer) => 128 * euros)).toBe(knee);
    }),
  );
});

test("nothing has no knee, and a choice that is alone is it", () => {
  expect(() => kneeOf([], seconds, usd)).toThrow(RangeError);
  expect(kneeOf([0], Number, Number)).toBe(0);
});
