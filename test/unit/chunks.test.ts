import fc from "fast-check";
import { expect, test } from "vitest";
import { chunkGrid, chunkWindow } from "../../shared/chunks.ts";

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
