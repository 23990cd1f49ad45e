import { expect, test } from "vitest";
import * as maths from "../../../../shared/kernels/maths/index.ts";
import golden from "../../../fixtures/maths.json" with { type: "json" };
import { ulpsBetween } from "../../../helpers/ulps.ts";

// Values from mpmath: test/python/maths/golden_maths.py makes the file. Larger runs are in docs/experiments/maths.md.

const { MATHS_VERSION: _, ...functions } = maths;

test("each function has golden values", () => {
  expect(Object.keys(golden).toSorted()).toEqual(Object.keys(functions).toSorted());
});

test.each(Object.entries(golden))("%s is at most 1 ulp from the exact value", (name, cells) => {
  const compute = functions[name as keyof typeof functions] as (...values: number[]) => number;
  const twoArguments = ["pow", "atan2", "hypot"].includes(name);
  const wrong: string[] = [];
  for (let at = 0; at < cells.length; at += 4) {
    const [x, y, rounded, lacks] = cells.slice(at, at + 4) as [number, number, number, number];
    const got = twoArguments ? compute(x, y) : compute(x);
    if (!(ulpsBetween(got, rounded, lacks) <= 1)) wrong.push(`${name}(${x}, ${y}) = ${got}, not ${rounded}`);
  }
  expect(cells.length).toBeGreaterThan(400);
  expect(wrong).toEqual([]);
});

test("a result that is two doubles off is more than 1 ulp off, next to a power of two and among subnormals too", () => {
  expect(ulpsBetween(1 + 2 ** -51, 1, 0)).toBe(2);
  expect(ulpsBetween(1, 1, -0.4)).toBe(0.4);
  expect(ulpsBetween(15e-324, 5e-324, 0.25)).toBe(1.75);
});

test("powers of two and ten have whole logarithms, whole numbers exact powers, cubes exact roots", () => {
  const exponents = Array.from({ length: 2098 }, (_, at) => at - 1074);
  expect(exponents.map((n) => maths.log2(2 ** n))).toEqual(exponents);
  expect(exponents.map((n) => maths.pow(2, n))).toEqual(exponents.map((n) => 2 ** n));
  const small = exponents.slice(1074, 1096);
  expect(small.map((n) => maths.log10(Number(`1e${n}`)))).toEqual(small);
  expect(small.map((n) => maths.pow(3, n))).toEqual(small.map((n) => Number(3n ** BigInt(n))));
  expect(exponents.map((n) => maths.cbrt(n * n * n))).toEqual(exponents);
  expect(maths.hypot(3 * 2 ** 700, 4 * 2 ** 700)).toBe(5 * 2 ** 700);
  expect([maths.exp(0), maths.cos(0), maths.cosh(0)]).toEqual([1, 1, 1]);
});
