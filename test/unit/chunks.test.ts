import fc from "fast-check";
import { expect, test } from "vitest";
import { autoChunkShape, chunkGrid, chunkWindow } from "../../shared/chunks.ts";

test("the windows of all chunks cover every element exactly once", () => {
  const side = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(side, side, side, side, (rows, columns, chunkRows, chunkColumns) => {
      const grid = chunkGrid([rows, columns], [Math.min(chunkRows, rows), Math.min(chunkColumns, columns)]);
      const seen = new Uint8Array(rows * columns);
      for (let chunk = 0; chunk < grid.total; chunk++) {
        const { rowStart, rowEnd, columnStart, columnEnd } = chunkWindow(grid, chunk);
        for (let row = rowStart; row < rowEnd; row++) {
          for (let column = columnStart; column < columnEnd; column++) seen[row * columns + column]!++;
        }
      }
      expect(seen.every((times) => times === 1)).toBe(true);
    }),
  );
});

test("an automatic chunk fits the array and stays within 2 MiB", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.constantFrom(2, 4, 8),
      (rows, columns, bytes) => {
        const [chunkRows = 0, chunkColumns = 0] = autoChunkShape([rows, columns], bytes);
        expect(chunkRows).toBeGreaterThanOrEqual(1);
        expect(chunkColumns).toBeGreaterThanOrEqual(1);
        expect(chunkRows).toBeLessThanOrEqual(rows);
        expect(chunkColumns).toBeLessThanOrEqual(columns);
        expect(chunkRows * chunkColumns * bytes).toBeLessThanOrEqual(2 * 2 ** 20);
      },
    ),
  );
});

test("the largest array is cut into fewer than 100,000 chunks by itself", () => {
  expect(chunkGrid([100_000, 100_000], autoChunkShape([100_000, 100_000], 2)).total).toBeLessThan(100_000);
});

test.each([
  ["the tutorial's array", [500, 500], 1000, [128, 128]],
  ["a large array", [4000, 4000], 1000, [500, 500]],
  ["a larger one: 2.5 s a chunk at most", [16_000, 16_000], 1000, [500, 500]],
  ["dear elements: 2.5 s a chunk at most", [500, 500], 1e6, [15, 16]],
  ["elements beyond all bounds", [500, 500], 1e12, [1, 1]],
  ["cheap elements: as many as are worth an object", [1000, 1000], 100, [404, 405]],
  ["cheaper ones: as many as 2 MiB hold", [10_000, 10_000], 1, [1024, 1024]],
])("automatic chunks of %s", (_, shape, mostWork, expected) => {
  expect(autoChunkShape(shape, 2, mostWork)).toEqual(expected);
});

test("however dear the elements, no array has too many chunks by itself", () => {
  const side = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(side, side, fc.double({ min: 1, max: 1e12, noNaN: true }), (rows, side2, mostWork) => {
      const shape = [rows, Math.max(1, Math.min(side2, Math.floor(1.1e10 / rows)))];
      const total = chunkGrid(shape, autoChunkShape(shape, 8, mostWork)).total;
      expect(total).toBeLessThanOrEqual(1_000_000);
    }),
  );
});

test("an array with one axis has chunks with one side", () => {
  expect(autoChunkShape([100], 2)).toEqual([100]);
  expect(autoChunkShape([1_000_000], 8)).toEqual([16384]);
});
