import fc from "fast-check";
import { expect, test } from "vitest";
import { copyBlock } from "../../../shared/array/block-copy.ts";
import { Layout } from "../../../shared/array/layout.ts";
import { overviewShape, sampleTile, tileOf } from "../../../shared/array/overview.ts";
import { cuts, indices, place, plus } from "../../helpers/naive-arrays.ts";

/** Arrays of one to six axes of which at least one is longer than its overview. */
const longCuts = fc.oneof(
  fc
    .tuple(fc.integer({ min: 900, max: 4000 }), fc.nat(2000))
    .map(([n, c]) => ({ shape: [n], chunkShape: [1 + c] })),
  fc
    .tuple(fc.integer({ min: 900, max: 2500 }), fc.nat(700))
    .map(([n, c]) => ({ shape: [3, n], chunkShape: [2, 1 + c] })),
  fc
    .tuple(fc.integer({ min: 90, max: 250 }), fc.nat(70))
    .map(([n, c]) => ({ shape: [n, 3, 2], chunkShape: [1 + c, 2, 2] })),
  fc.tuple(fc.integer({ min: 9, max: 14 }), fc.nat(5)).map(([n, c]) => ({
    shape: [2, 1, 3, n, 2, 12],
    chunkShape: [1, 1, 2, 1 + c, 2, 5],
  })),
  cuts,
);

test("however an array of up to six axes is cut, its tiles make up the elements at the cells' centres", () => {
  fc.assert(
    fc.property(longCuts, ({ shape, chunkShape }) => {
      const layout = new Layout(
        shape,
        chunkShape.map((length, axis) => Math.min(length, shape[axis]!)),
      );
      const cells = overviewShape(layout);
      const most = [1, 1000, 1000, 100, 31, 15, 10][shape.length]!;
      expect(cells).toEqual(shape.map((length) => Math.min(length, most)));
      const painted = new Float64Array(indices(cells).length).fill(-1);
      let count = 0;
      for (const chunk of layout.chunks()) {
        const values = Float64Array.from(indices(chunk.shape), (index) =>
          place(shape, plus(index, chunk.from)),
        );
        const tile = tileOf(layout, chunk);
        const sampled = sampleTile(layout, chunk, values);
        expect(sampled.length).toBe(tile.elements);
        count += tile.elements;
        copyBlock({ values: sampled, ...tile }, { values: painted, shape: cells, from: cells.map(() => 0) });
      }
      const centres = indices(cells).map((cell) =>
        cell.map((at, axis) => Math.floor(((at + 0.5) * shape[axis]!) / cells[axis]!)),
      );
      expect(count).toBe(centres.length);
      expect([...painted]).toEqual(centres.map((index) => place(shape, index)));
    }),
    { numRuns: 30 },
  );
});
