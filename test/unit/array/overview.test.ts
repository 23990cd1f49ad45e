import fc from "fast-check";
import { expect, test } from "vitest";
import { copyBlock } from "../../../shared/array/block-copy.ts";
import { Layout } from "../../../shared/array/layout.ts";
import { sampleTile, tileOf, viewOf } from "../../../shared/array/overview.ts";
import { cuts, indices, place, plus } from "../../helpers/naive-arrays.ts";

/** Arrays of one to six axes, of which one of the first two is often longer than its overview. */
const longCuts = fc.oneof(
  fc
    .tuple(fc.integer({ min: 900, max: 4000 }), fc.nat(2000))
    .map(([n, c]) => ({ shape: [n], chunkShape: [1 + c] })),
  fc
    .tuple(fc.integer({ min: 900, max: 2500 }), fc.nat(700))
    .map(([n, c]) => ({ shape: [3, n], chunkShape: [2, 1 + c] })),
  fc
    .tuple(fc.integer({ min: 900, max: 1800 }), fc.nat(700))
    .map(([n, c]) => ({ shape: [n, 3, 2], chunkShape: [1 + c, 2, 2] })),
  fc.tuple(fc.integer({ min: 900, max: 1300 }), fc.nat(500)).map(([n, c]) => ({
    shape: [2, n, 1, 3, 1, 2],
    chunkShape: [1, 1 + c, 1, 2, 1, 2],
  })),
  cuts,
);

test("however an array of up to six axes is cut, its tiles make up the cells' centres along two axes, at one index of the others", () => {
  fc.assert(
    fc.property(longCuts, fc.array(fc.option(fc.nat()), { minLength: 6, maxLength: 6 }), (cut, picks) => {
      const { shape, chunkShape } = cut;
      const layout = new Layout(
        shape,
        chunkShape.map((length, axis) => Math.min(length, shape[axis]!)),
      );
      const at = shape.map((length, axis) => (picks[axis] == null ? undefined : picks[axis]! % length));
      const view = viewOf(layout, at);
      const { cells } = view;
      expect(cells).toEqual(shape.map((length, axis) => (axis < 2 ? Math.min(length, 1000) : 1)));
      const painted = new Float64Array(indices(cells).length).fill(-1);
      let count = 0;
      for (const chunk of layout.chunks()) {
        const values = Float64Array.from(indices(chunk.shape), (index) =>
          place(shape, plus(index, chunk.from)),
        );
        const tile = tileOf(view, chunk);
        const sampled = sampleTile(view, chunk, values);
        expect(sampled.length).toBe(tile.elements);
        count += tile.elements;
        copyBlock({ values: sampled, ...tile }, { values: painted, shape: cells, from: cells.map(() => 0) });
      }
      const centres = indices(cells).map((cell) =>
        cell.map((each, axis) => {
          if (axis < 2) return Math.floor(((each + 0.5) * shape[axis]!) / cells[axis]!);
          return at[axis] ?? Math.floor(shape[axis]! / 2);
        }),
      );
      expect(count).toBe(centres.length);
      expect([...painted]).toEqual(centres.map((index) => place(shape, index)));
    }),
    { numRuns: 25 },
  );
});
