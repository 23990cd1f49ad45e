import fc from "fast-check";
import { expect, test } from "vitest";
import { autoChunkShape, autoChunksPerMessage, chunkGrid, chunkWindow, pack } from "../../shared/chunks.ts";

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

test("an array with one axis has chunks with one side", () => {
  expect(autoChunkShape([100], 2)).toEqual([100]);
  expect(autoChunkShape([1_000_000], 8)).toEqual([16384]);
});

test("packing names every chunk once, in lists of the given size", () => {
  expect([...pack(7, 3)]).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect([...pack(1_000_000, 20)].length).toBe(50_000);
});

test("messages carry one chunk until there are thousands, and never more than 20 by themselves", () => {
  expect(autoChunksPerMessage(64)).toBe(1);
  expect(autoChunksPerMessage(10_000)).toBe(5);
  expect(autoChunksPerMessage(1_000_000)).toBe(20);
});
