import { expect, test } from "vitest";
import { cellsDifference, differing, NO_CELLS, together } from "../../../client/diff/cells-difference.ts";
import { DifferencePicture } from "../../../client/diff/difference-picture.ts";

const NAN = Number.NaN;
const block = { from: [10, 20], shape: [2, 3] };
const floats = (...cells: number[]) => ({ cells: Float64Array.from(cells), fill: NAN });
const counts = (...cells: number[]) => ({ cells: Uint16Array.from(cells), fill: 65_535 });

test("how far cells are apart, where, and what has no number or an infinite one", () => {
  const a = floats(1, 0, NAN, 4, NAN, -8);
  const b = floats(1, -0, NAN, NAN, 5, 8);
  const found = cellsDifference({ block, a, b });
  expect(found).toMatchObject({ compared: 3, apart: 1, onlyA: 1, onlyB: 1, neither: 1 });
  expect(found.absolute).toEqual({ by: 16, at: [11, 22], a: -8, b: 8 });
  expect(found.relative?.by).toBe(2);
  expect(found.within).toEqual({ first: [11, 20], last: [11, 22] });
  expect(differing(found)).toBe(3);
  const infinite = { a: floats(1 / 0, 1 / 0), b: floats(1 / 0, 1), block: { from: [0], shape: [2] } };
  expect(cellsDifference(infinite)).toMatchObject({
    compared: 2,
    apart: 1,
    absolute: { by: 1 / 0, at: [1] },
  });
});

test("a fill value is a hole in its own dtype only, and equal special values need not be equal numbers", () => {
  const wide = {
    cells: Uint32Array.of(65_535, 2 ** 32 - 1, 7, 2000, 5, 2000),
    fill: 2 ** 32 - 1,
    special: 2000,
  };
  const found = cellsDifference({
    block,
    a: { ...counts(65_535, 65_535, 1000, 1000, 1000, 6), special: 1000 },
    b: wide,
  });
  expect(found).toMatchObject({
    onlyB: 1,
    neither: 1,
    specialA: 2,
    specialBoth: 1,
    specialB: 1,
    compared: 0,
  });
  expect(differing(found)).toBe(4);
});

test("findings add up in the order of the chunks, and the first of the furthest cells is named", () => {
  const at = (from: number, ...b: number[]) =>
    cellsDifference({
      block: { from: [from], shape: [b.length] },
      a: floats(...b.map(() => 0)),
      b: floats(...b),
    });
  const all = [at(0, 0, 3), at(2, -3, 1), at(4, 0, 0)].reduce(together, NO_CELLS);
  expect(all).toMatchObject({ compared: 6, apart: 3, absolute: { by: 3, at: [1] } });
  expect(all.within).toEqual({ first: [1], last: [3] });
});

test("a picture has the furthest difference of all cells in each of its own, along further axes too", () => {
  const picture = new DifferencePicture([1, 2000, 2]);
  const values = new Map([
    [1, 5],
    [2, -7],
    [3, 6],
    [3999, NAN],
  ]);
  for (const first of [0, 1000]) {
    const paint = picture.painter({ from: [0, first, 0], shape: [1, 1000, 2] });
    for (let cell = 0; cell < 2000; cell++) paint(cell, values.get(2 * first + cell) ?? 0);
  }
  expect([picture.rows, picture.columns, picture.reach]).toEqual([1, 1000, 7]);
  expect([...picture.values.subarray(0, 3), picture.values[999]]).toEqual([-7, 0, 0, 0]);
  expect(new DifferencePicture([2]).values).toEqual(Float64Array.of(NAN, NAN));
});
