import { expect, test } from "vitest";
import { invocationReader, platformReport } from "../../../client/cloud/report-lines.ts";

/** What a function's log says, event after event: `stream: message`. */
function invocationsIn(...events: readonly (readonly [stream: string, message: string])[]) {
  const read = invocationReader();
  return events.flatMap(([logStreamName, message]) => {
    const ended = read({ logStreamName, message });
    return ended ? [{ ...ended, jobIds: [...ended.jobIds] }] : [];
  });
}
const start = (id: string) => `START RequestId: ${id} Version: $LATEST\n`;
const report = (id: string, values: string) => `REPORT RequestId: ${id}\t${values}\t\n`;
const billedFor = (values: string) => invocationsIn(["s", report("a", values)])[0]?.billedMs;

test("times of lines that AWS wrote in 2025 and 2026: what is billed has the start in it", () => {
  const first =
    "Duration: 31414.74 ms\tBilled Duration: 31964 ms\tMemory Size: 2048 MB\tMax Memory Used: 273 MB\tInit Duration: 548.72 ms\t\nXRAY TraceId: 1-6a6-20b\tSegmentId: d\tSampled: true";
  expect(invocationsIn(["s", report("r", first)])).toMatchObject([
    { requestId: "r", billedMs: 31_964, memoryMb: 2048, usedMb: 273, jobIds: [] },
  ]);
  const second =
    "Duration: 138999.20 ms\tBilled Duration: 139711 ms\tMemory Size: 512 MB\tMax Memory Used: 102 MB\tInit Duration: 711.04 ms";
  expect(billedFor(second)).toBe(139_711);
  const warm = "Duration: 4012.00 ms\tBilled Duration: 4013 ms\tMemory Size: 512 MB\tMax Memory Used: 102 MB";
  expect(billedFor(warm)).toBe(4013);
});

test("a line that leaves the start out of what is billed, as LocalStack's does, is billed with it", () => {
  const values =
    "Duration: 3.21 ms\tBilled Duration: 4 ms\tMemory Size: 256 MB\tMax Memory Used: 60 MB\tInit Duration: 100.40 ms";
  expect(billedFor(values)).toBe(104);
});

test("the same in the JSON format of AWS, and no other line of it is taken for a report", () => {
  const line = (type: string, metrics: object) =>
    JSON.stringify({
      time: "2025-10-03T16:55:28.254Z",
      type,
      record: { requestId: "r", metrics, status: "success" },
    });
  const warm = { durationMs: 766.405, billedDurationMs: 767, memorySizeMB: 128, maxMemoryUsedMB: 75 };
  const cold = { ...warm, durationMs: 693.92, billedDurationMs: 1092, initDurationMs: 397.68 };
  expect(
    invocationsIn(
      ["s", line("platform.initReport", { durationMs: 397 })],
      ["s", line("platform.report", cold)],
      ["s", line("platform.runtimeDone", warm)],
      ["s", line("platform.report", warm)],
      ["s", 'a function that says "platform.report"'],
    ),
  ).toMatchObject([
    { requestId: "r", billedMs: 1092, memoryMb: 128, usedMb: 75 },
    { requestId: "r", billedMs: 767, memoryMb: 128, usedMb: 75 },
  ]);
});

const done = (jobId: string) => `${JSON.stringify({ level: "INFO", message: "message done", jobId })}\n`;
const VALUES = "Duration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB";

test("an invocation has the jobs that its own environment named since the report before", () => {
  const found = invocationsIn(
    ["one", start("a")],
    ["two", start("b")],
    ["one", done("mine")],
    ["two", done("another")],
    ["one", `{"jobId": "third", "message":"pretty"}`],
    ["two", report("b", VALUES)],
    ["one", report("a", VALUES)],
    ["one", start("c")],
    ["one", report("c", VALUES)],
  );
  expect(found.map(({ requestId, jobIds }) => [requestId, jobIds])).toEqual([
    ["b", ["another"]],
    ["a", ["mine", "third"]],
    ["c", []],
  ]);
});

test("an invocation's log weighs what its lines do, in UTF-8", () => {
  const lines = [start("a"), "é\n", report("a", VALUES)];
  const [found] = invocationsIn(...lines.map((line) => ["one", line] as const));
  expect(found?.logBytes).toBe(Buffer.byteLength(lines.join("")));
});

test("an invocation that did not end, and an environment that failed to start, are none", () => {
  expect(
    invocationsIn(["s", start("a")], ["s", done("j")], ["s", "INIT_REPORT Init Duration: 10.00 ms\n"]),
  ).toEqual([]);
});

test("a report has initialisation, duration, what was billed and restoring apart, in either format", () => {
  const [said, init] = ["Duration: 31414.74 ms\tBilled Duration: 31964 ms", "Init Duration: 548.72 ms"];
  const memory = "Memory Size: 2048 MB\tMax Memory Used: 273 MB";
  const common = { requestId: "r", memoryMb: 2048, usedMb: 273, durationMs: 31_414.74, billedMs: 31_964 };
  expect(platformReport(report("r", `${said}\t${memory}\t${init}`))).toEqual({ ...common, initMs: 548.72 });
  expect(platformReport(report("r", `${said}\t${memory}`))).toEqual(common);
  const restored = "Restore Duration: 611.21 ms\tBilled Restore Duration: 189 ms";
  expect(platformReport(report("r", `${said}\t${memory}\t${restored}`))).toEqual({
    ...common,
    restoreMs: 611.21,
  });
  const json = (more: object) =>
    JSON.stringify({
      time: "2025-10-03T16:55:28.254Z",
      type: "platform.report",
      record: {
        requestId: "r",
        metrics: {
          durationMs: 693.92,
          billedDurationMs: 1092,
          memorySizeMB: 128,
          maxMemoryUsedMB: 75,
          ...more,
        },
        status: "success",
      },
    });
  const first = { requestId: "r", memoryMb: 128, usedMb: 75, durationMs: 693.92, billedMs: 1092 };
  expect(platformReport(json({ initDurationMs: 397.68 }))).toEqual({ ...first, initMs: 397.68 });
  expect(platformReport(json({ restoreDurationMs: 302.1, billedRestoreDurationMs: 120 }))).toEqual({
    ...first,
    restoreMs: 302.1,
  });
  expect(platformReport(json({}))).toEqual(first);
});
