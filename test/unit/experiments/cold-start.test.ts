import { expect, test } from "vitest";
import { reportIn } from "../../../experiments/cold-start/aws-function.ts";
import { CELLS, inBlocks, KERNELS, MEMORIES_MB } from "../../../experiments/cold-start/cells.ts";
import { page, type Results } from "../../../experiments/cold-start/page.ts";
import { medianInterval } from "../../../experiments/measuring/bootstrap.ts";
import { readRecorded } from "../../../experiments/measuring/experiment.ts";

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

/** A tail as Invoke answers it, with a function's own lines and X-Ray's after the report. */
const TAIL = `START RequestId: 6f9c Version: 12
{"level":"INFO","message":"message done","jobId":"cold-1","coldStart":true}
END RequestId: 6f9c
REPORT RequestId: 6f9c\tDuration: 231.70 ms\tBilled Duration: 355 ms\tMemory Size: 128 MB\tMax Memory Used: 88 MB\tInit Duration: 122.34 ms\t
XRAY TraceId: 1-6a6-20b\tSegmentId: d\tSampled: true
`;

test("the report is found in the tail of a log, in text and in JSON", () => {
  const report = { requestId: "6f9c", memoryMb: 128, usedMb: 88, durationMs: 231.7, billedMs: 355 };
  expect(reportIn(TAIL)).toEqual({ ...report, initMs: 122.34 });
  const line = (type: string, metrics: object) =>
    JSON.stringify({ time: "2026-11-28T20:00:00.000Z", type, record: { requestId: "6f9c", metrics } });
  const metrics = { durationMs: 231.7, billedDurationMs: 355, memorySizeMB: 128, maxMemoryUsedMB: 88 };
  const json = [
    line("platform.start", {}),
    line("platform.report", { ...metrics, restoreDurationMs: 98.5 }),
    "",
  ];
  expect(reportIn(json.join("\n"))).toEqual({ ...report, restoreMs: 98.5 });
  expect(reportIn("START RequestId: 6f9c Version: 12\n")).toBeUndefined();
});

test("where a deployment was measured, the page has what its reports say, a row for each cell and each burst", () => {
  const { results } = readRecorded<Results>("cold-start");
  const report = (durationMs: number, initMs?: number) => ({
    ...{ requestId: "r", memoryMb: 512, durationMs, billedMs: durationMs + (initMs ?? 0) },
    ...(initMs !== undefined && { initMs }),
  });
  const cell = CELLS.findIndex(({ memoryMb }) => memoryMb === 512);
  const starts = [10, 20, 30].map((ms, block) => ({
    cell,
    block,
    first: report(ms, 100),
    second: report(5),
  }));
  const aws = { place: "eu-west-1", date: "2027-01-02", starts, burst: [report(7, 90)] };
  const { tables } = page({ ...results, aws });
  const [{ title, rows } = { title: "", rows: [] }] = tables.slice(-2);
  expect(title).toBe("On a deployment in eu-west-1, 2027-01-02 (ms, by Lambda's reports)");
  expect(rows.map((row) => row.slice(3))).toEqual([
    [3, "100 (100 to 100)", "-", "20 (10 to 30)", "120 (110 to 130)", "5 (5 to 5)"],
    [1, "90 (90 to 90)", "-", "7 (7 to 7)", "97 (97 to 97)", "-"],
  ]);
  expect(page(results).tables).toHaveLength(tables.length - 1);
});
