import fc from "fast-check";
import { expect, test } from "vitest";
import { copyBlock, stridesOf } from "../../../shared/array/block-copy.ts";
import { ARRAYS, DTYPES, makeArray } from "../../../shared/kernels/kernel.ts";
import { cuts, indices, place, plus } from "../../helpers/naive-arrays.ts";

/** A block of up to six axes, and for each axis how much of an array is before and after it: on one side or on both. */
const blocks = cuts.chain(({ chunkShape: shape }) => {
  const margins = fc.array(fc.nat(2), { minLength: shape.length, maxLength: shape.length });
  // Some arrays are no larger than the block along most axes: there runs are joined.
  const some = fc.oneof(margins, fc.constant(shape.map(() => 0)));
  return fc.record({
    shape: fc.constant(shape),
    from: some,
    after: some,
    targetFrom: some,
    targetAfter: some,
  });
});

test.each(DTYPES)("a block of up to six axes is copied as nested loops copy it: %s", (dtype) => {
  fc.assert(
    fc.property(blocks, ({ shape, from, after, targetFrom, targetAfter }) => {
      const sourceShape = plus(plus(shape, from), after);
      const targetShape = plus(plus(shape, targetFrom), targetAfter);
      const source = makeArray(dtype, indices(sourceShape).length).map((_: number, k: number) => k % 60_000);
      const target = makeArray(dtype, indices(targetShape).length).fill(65_535);
      const expected = target.slice();
      for (const index of indices(shape)) {
        const value = source[place(sourceShape, plus(index, from))]!;
        expected[place(targetShape, plus(index, targetFrom))] = value;
      }
      const untouched = source.slice();
      copyBlock(
        shape,
        { values: source, shape: sourceShape, from },
        { values: target, shape: targetShape, from: targetFrom },
      );
      expect(target).toEqual(expected);
      expect(source).toEqual(untouched);
    }),
    { numRuns: 60 },
  );
});

test("elements are converted to the target's type", () => {
  const values = new Float64Array(6).fill(Number.NaN);
  const source = { values: ARRAYS.uint16.of(1, 2, 3, 4), shape: [2, 2], from: [0, 0] };
  copyBlock([2, 2], source, { values, shape: [2, 3], from: [0, 1] });
  expect([...values]).toEqual([Number.NaN, 1, 2, Number.NaN, 3, 4]);
});

test("a block without elements copies nothing", () => {
  const values = new Uint16Array(4);
  const source = { values: new Uint16Array(0), shape: [2, 0], from: [0, 0] };
  copyBlock([2, 0], source, { values, shape: [2, 2], from: [0, 2] });
  expect([...values]).toEqual([0, 0, 0, 0]);
});

test("strides are how far apart neighbours lie", () => {
  expect(stridesOf([4, 3, 2])).toEqual([6, 2, 1]);
  expect(stridesOf([7])).toEqual([1]);
});
