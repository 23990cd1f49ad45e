import fc from "fast-check";
import { expect, test } from "vitest";
import { copyBlock, stridesOf } from "../../../shared/array/block-copy.ts";
import { ARRAYS, DTYPES, makeArray } from "../../../shared/kernels/dtype.ts";
import { cuts, indices, place, plus } from "../../helpers/naive-arrays.ts";

/** Two blocks of one array of up to six axes: of one size, one within the other, overlapping, or apart. */
const pairs = cuts.chain(({ shape }) => {
  const few = (most: number) => fc.array(fc.nat(most), { minLength: shape.length, maxLength: shape.length });
  // Mostly one begins where the other does, and is as long: there runs are joined.
  const shift = fc.oneof(few(0), few(0), few(3));
  return fc.record({ from: few(5), shift, more: shift }).map(({ from, shift, more }) => ({
    a: { from, shape: plus(shape, more) },
    b: { from: plus(from, shift), shape },
  }));
});

test.each(DTYPES)(
  "what two blocks of up to six axes share is copied as nested loops copy it: %s",
  (dtype) => {
    fc.assert(
      fc.property(pairs, fc.boolean(), ({ a, b }, isReversed) => {
        const [source, target] = isReversed ? [b, a] : [a, b];
        const values = makeArray(dtype, indices(source.shape).length).map(
          (_: number, k: number) => k % 60_000,
        );
        const copied = makeArray(dtype, indices(target.shape).length).fill(65_535);
        const expected = copied.slice();
        for (const index of indices(target.shape)) {
          const there = index.map((at, axis) => at + target.from[axis]! - source.from[axis]!);
          if (there.some((at, axis) => at < 0 || at >= source.shape[axis]!)) continue;
          expected[place(target.shape, index)] = values[place(source.shape, there)]!;
        }
        const untouched = values.slice();
        copyBlock({ values, ...source }, { values: copied, ...target });
        expect(copied).toEqual(expected);
        expect(values).toEqual(untouched);
      }),
      { numRuns: 60 },
    );
  },
);

test("elements are converted to the target's type", () => {
  const values = new Float64Array(6).fill(Number.NaN);
  copyBlock(
    { values: ARRAYS.uint16.of(1, 2, 3, 4), from: [0, 1], shape: [2, 2] },
    { values, from: [0, 0], shape: [2, 3] },
  );
  expect([...values]).toEqual([Number.NaN, 1, 2, Number.NaN, 3, 4]);
});

test("of a block without elements nothing is copied", () => {
  const values = new Uint16Array(4);
  copyBlock(
    { values: new Uint16Array(0), from: [0, 2], shape: [2, 0] },
    { values, from: [0, 0], shape: [2, 2] },
  );
  expect([...values]).toEqual([0, 0, 0, 0]);
});

test("strides are how far apart neighbours lie", () => {
  expect(stridesOf([4, 3, 2])).toEqual([6, 2, 1]);
  expect(stridesOf([7])).toEqual([1]);
});
