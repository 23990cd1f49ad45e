import { expect, test } from "vitest";
import { CELLS, inBlocks, KERNELS, MEMORIES_MB } from "../../../experiments/cold-start/cells.ts";
import { medianInterval } from "../../../experiments/measuring/bootstrap.ts";

test("no cell is measured twice, and every kernel has every memory", () => {
  const names = CELLS.map((cell) => JSON.stringify(cell));
  expect(new Set(names).size).toBe(names.length);
  const deployed = CELLS.filter(({ bundle }) => bundle === "as deployed");
  expect(deployed).toHaveLength(MEMORIES_MB.length * KERNELS.length);
});

test("each block has every cell once, in an order of its own that its seed gives", () => {
  const cells = [...CELLS.keys()];
  const blocks = inBlocks(cells, 4, 7);
  for (const block of blocks) expect(block.toSorted((a, b) => a - b)).toEqual(cells);
  expect(new Set(blocks.map(String)).size).toBe(4);
  expect(inBlocks(cells, 4, 7)).toEqual(blocks);
  expect(inBlocks(cells, 4, 8)).not.toEqual(blocks);
});

test("a median's interval is that of medians of resamples: the same each time, within the values, a point where all agree", () => {
  const values = [3, 9, 1, 7, 5, 8, 2, 6, 4, 100];
  const { low, median, high } = medianInterval(values);
  expect(median).toBe(5.5);
  expect(medianInterval(values)).toEqual({ low, median, high });
  // Of 10 values the 95 % interval of the median is about the second to the ninth (order statistics: 97.9 %).
  expect(low).toBeGreaterThanOrEqual(2);
  expect(low).toBeLessThan(4.5);
  expect(high).toBeGreaterThan(6.5);
  expect(high).toBeLessThanOrEqual(9);
  expect(medianInterval([4, 4, 4])).toEqual({ low: 4, median: 4, high: 4 });
});
