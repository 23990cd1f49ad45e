import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as maths from "../../../../shared/kernels/maths/index.ts";

const { MATHS_VERSION: _, ...functions } = maths;
const FOLDER = join(import.meta.dirname, "../../../../shared/kernels/maths");
const { NaN: NAN, POSITIVE_INFINITY: INFINITY, MAX_VALUE: LARGEST } = Number;
const SPECIAL = [
  ...[
    NAN,
    INFINITY,
    0,
    1,
    2,
    3,
    0.5,
    1.5,
    1000,
    2 ** 53,
    2 ** 53 - 1,
    2 ** 70,
    5e-324,
    1e-310,
    1e-200,
    LARGEST,
  ],
];
const VALUES = SPECIAL.flatMap((value) => [value, -value]);
const isSpecial = (value: number) => !Number.isFinite(value) || value === 0;

/** What differs where one of both is NaN, infinite or a zero: there ECMAScript leaves nothing to the engine. */
function differences(name: string, ...args: number[]): string[] {
  const ours = (functions as Record<string, (...values: number[]) => number>)[name]!(...args);
  const theirs = (Math as unknown as Record<string, (...values: number[]) => number>)[name]!(...args);
  const alike = Object.is(ours, theirs) || !(isSpecial(ours) || isSpecial(theirs));
  return alike ? [] : [`${name}(${args}): ${Object.is(ours, -0) ? "-0" : ours}, not ${theirs}`];
}

test.each(Object.keys(functions))("%s has ECMAScript's special cases", (name) => {
  expect(VALUES.flatMap((x) => differences(name, x))).toEqual([]);
  expect(VALUES.flatMap((x) => VALUES.flatMap((y) => differences(name, x, y)))).toEqual([]);
});

test("pow is NaN for 1 to an infinite power, and 1 for NaN to the power 0", () => {
  expect([maths.pow(1, INFINITY), maths.pow(-1, -INFINITY), maths.pow(NAN, 0), maths.pow(0, -1)]).toEqual([
    ...[NAN, NAN, 1, INFINITY],
  ]);
  expect([maths.pow(-8, 1 / 3), maths.pow(-2, 3), maths.pow(-0, -3), maths.pow(-0, 3)]).toEqual([
    ...[NAN, -8, -INFINITY, -0],
  ]);
});

test("atan2 minds the signs of zeros, hypot takes any number of arguments, and an infinite one wins over NaN", () => {
  expect([maths.atan2(0, -0), maths.atan2(-0, -0), maths.atan2(-0, 0), maths.atan2(1, -INFINITY)]).toEqual([
    ...[Math.PI, -Math.PI, -0, Math.PI],
  ]);
  expect([maths.hypot(), maths.hypot(-3), maths.hypot(2, 3, 6), maths.hypot(2e-320, 3e-320, 6e-320)]).toEqual(
    [...[0, 3, 7, 7e-320]],
  );
  expect([maths.hypot(NAN, -INFINITY), maths.hypot(1, NAN, 2), maths.hypot(-0)]).toEqual([INFINITY, NAN, 0]);
  expect(maths.hypot(...Array.from({ length: 1024 }, () => 1e300))).toBe(32e300);
});

test("only what IEEE 754 fixes to the last bit is taken from Math, and no operator that engines may round", () => {
  const allowed = new Set(["abs", "floor", "fround", "sqrt", "round", "max", "PI", "LN2", "LOG2E", "LOG10E"]);
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(14);
  for (const file of files) {
    const code = readFileSync(join(FOLDER, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    const used = [...code.matchAll(/\bMath\b(?:\.(\w+))?/g)].map(([whole, name]) => name ?? whole);
    expect({ file, used: used.filter((name) => !allowed.has(name)) }).toEqual({ file, used: [] });
    expect(code).not.toMatch(/\*\*|%/);
  }
});
