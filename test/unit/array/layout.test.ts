import fc from "fast-check";
import { expect, test } from "vitest";
import { inRows, Layout, layoutOf } from "../../../shared/array/layout.ts";
import type { JobSpec } from "../../../shared/array/spec.ts";
import { chunkKeys } from "../../../shared/record/array-keys.ts";
import { ChunkOutOfRangeError } from "../../../shared/validation/errors.ts";
import { cuts, indices } from "../../helpers/naive-arrays.ts";

test("chunks of up to six axes lie where nested loops put them, in row-major order", () => {
  fc.assert(
    fc.property(cuts, ({ shape, chunkShape }) => {
      const expected = new Map<string, number[][]>();
      for (const index of indices(shape)) {
        const key = index.map((at, axis) => Math.floor(at / chunkShape[axis]!)).join("/");
        if (!expected.get(key)?.push(index)) expected.set(key, [index]);
      }
      const coordinates = indices(shape.map((length, axis) => Math.ceil(length / chunkShape[axis]!)));
      const layout = new Layout(shape, chunkShape);
      expect(layout.total).toBe(expected.size);
      expect(layout.elements).toBe(indices(shape).length);
      expect([...layout.chunks()].map((chunk) => chunk.coordinates)).toEqual(coordinates);
      for (const chunk of layout.chunks()) {
        const covered = expected.get(chunk.coordinates.join("/"))!;
        const inside = indices(chunk.shape).map((index) => index.map((at, axis) => chunk.from[axis]! + at));
        expect(inside).toEqual(covered);
        expect(chunk.elements).toBe(covered.length);
        expect(covered.every((element) => layout.chunkAt(element).index === chunk.index)).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});

test("a chunk's key has a number for each axis, up to six", () => {
  fc.assert(
    fc.property(cuts, fc.nat(), ({ shape, chunkShape }, pick) => {
      const axes = shape.map((count) => ({ rule: "index", from: 0, step: 1, count }) as const);
      const spec = { axes, chunkShape, values: [{ name: "v", dtype: "uint16" }] } as unknown as JobSpec;
      const all = indices(shape.map((length, axis) => Math.ceil(length / chunkShape[axis]!)));
      const chunk = pick % all.length;
      expect(chunkKeys({ jobId: "j", spec }, chunk)).toEqual([`jobs/j/array/v/c/${all[chunk]!.join("/")}`]);
    }),
  );
});

test("there is no chunk beyond the last", () => {
  const layout = new Layout([5, 4], [2, 3]);
  expect(layout.chunk(5)).toEqual({
    index: 5,
    coordinates: [2, 1],
    from: [4, 3],
    shape: [1, 1],
    elements: 1,
  });
  expect(() => layout.chunk(6)).toThrow(new ChunkOutOfRangeError(6, 6));
});

test("an array with one axis is a row of the same chunks", () => {
  const rows = inRows(new Layout([10], [4]));
  expect([...rows.chunks()].map(({ from, shape }) => [from, shape])).toEqual([
    [
      [0, 0],
      [1, 4],
    ],
    [
      [0, 4],
      [1, 4],
    ],
    [
      [0, 8],
      [1, 2],
    ],
  ]);
});

test("a spec's layout is derived once", () => {
  const axes = [{ rule: "index", from: 0, step: 1, count: 10 }] as const;
  const spec = { axes, chunkShape: [4] };
  expect(layoutOf(spec)).toBe(layoutOf(spec));
  expect(layoutOf({ ...spec, chunkShape: [5] }).total).toBe(2);
});
