import { expect, test } from "vitest";
import { peerTables, type Results, type Run } from "../../../experiments/peers/tables.ts";

const run = (round: number, wholeMs: number, more: Partial<Run> = {}): Run => ({
  round,
  startUpMs: 100,
  computeMs: wholeMs - 200,
  wholeMs,
  ...more,
});

const results: Results = {
  versions: {},
  small: {
    c: [run(0, 90_000, { peakMb: 3.2 }), run(1, 500), run(2, 2000), run(3, 1000)],
    python: [run(0, 90_000, { peakMb: 12 }), run(1, 10_200)],
  },
  large: { c: [run(1, 5000), run(2, 6000), run(3, 7000, { peakMb: 40 })] },
  noop: {
    "manyhands-packed": [4800, 5200, 5000].map((computeMs, k) => run(k + 1, 6000, { computeMs })),
    node: [run(1, 240, { computeMs: 40 })],
  },
};
const [small, large, noop] = peerTables(results);

test("a row has the medians of the timed rounds with their spread, and the peak of the one that was sampled", () => {
  expect(small?.rows[0]).toEqual([
    "C, gcc -O3, threads",
    "0.10 (0.10 to 0.10)",
    "0.80 (0.30 to 1.80)",
    "1.00 (0.50 to 2.00)",
    "1.0",
    "3",
  ]);
  expect(large?.rows[0]?.at(-1)).toBe("40");
});

test("a peer's whole process is compared with the fastest", () => {
  expect(small?.rows[1]?.[4]).toBe("10.2");
});

test("a job that would take too long says how long instead of a figure", () => {
  expect(large?.rows[1]).toEqual(["pure Python", "", "", "not run (about 11 min)", "", ""]);
});

test("an empty task's cost is the compute time by their number", () => {
  expect(noop?.rows).toEqual([
    ["**manyhands, local, as the splitter packs them**", 10_000, "500 (480 to 520)"],
    ["Node worker threads", 10_000, "4 (4 to 4)"],
  ]);
});
