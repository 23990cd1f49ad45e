import { expect, test } from "vitest";
import type { JobSpec } from "../../../shared/array/spec.ts";
import { chunkMessage } from "../../../shared/messages/chunk-message.ts";
import { parseResultMessage } from "../../../shared/messages/chunk-report.ts";
import { SummarySchema } from "../../../shared/record/summary.ts";
import { describeError, InvalidInputError } from "../../../shared/validation/errors.ts";
import { parse } from "../../../shared/validation/parse.ts";
import { likeMandelbrot, ofDtype, resolvedJob } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

// Found by test/slow/fuzz-*.test.ts, or on the way to them.

const axis = { from: 0, to: 1, count: 4 };
const request = { kernel: "mandelbrot", grid: { axes: [axis, axis] }, requestId: "j" };

test.each<[string, (spec: JobSpec) => unknown, RegExp]>([
  [
    "more points than a job may have",
    (spec) => ({ ...spec, axes: spec.axes.map((each) => ({ ...each, count: 1_000_000 })) }),
    /job\.json spec\.axes to be at most 11000000000 points, got \[1000000,1000000\]/,
  ],
  [
    "more chunks than a job may have",
    (spec) => ({ ...spec, axes: spec.axes.map((each) => ({ ...each, count: 2000 })), chunkShape: [1, 1] }),
    /job\.json spec\.chunkShape to be large enough for at most 1000000 chunks, got \[1,1\]/,
  ],
])("a message of a job with %s is refused, and its chunks are not computed", async (_, change, reason) => {
  const stages = new Stages();
  const job = { ...resolvedJob(request), submittedAtMs: 0 };
  const hostile = Buffer.from(JSON.stringify({ ...job, spec: change(job.spec) }));
  stages.store.objects.set("jobs/j/job.json", hostile);
  const error = await stages.work(chunkMessage(job, [0, 1])).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InvalidInputError);
  expect((error as Error).message).toMatch(reason);
  expect(stages.store.puts).toEqual([]);
  expect(stages.results.sent).toEqual([]);
});

test("a report that says infinity is refused: nobody could read the summary that it would make", async () => {
  const stages = new Stages();
  await stages.split(request);
  await stages.work(stages.chunks.take()[0] ?? "");
  const [report = ""] = stages.results.take();
  for (const field of [
    "sum",
    "min",
    "max",
    "startedAtMs",
    "durationMs",
    "computeMs",
    "cpuMs",
    "storedBytes",
  ]) {
    const hostile = report.replace(new RegExp(`"${field}":[^,}]+`), `"${field}":1e999`);
    expect(hostile, field).not.toBe(report);
    expect(() => parseResultMessage(hostile), field).toThrow(InvalidInputError);
  }
});

test("sums of chunks that are too large together still make a summary that can be read", async () => {
  const large = likeMandelbrot("large", (_, out) => out.fill(Number.MAX_VALUE), ofDtype("float64"));
  const stages = new Stages([large]);
  await stages.split({ ...request, kernel: "large", chunk: [2, 2], output: { plots: false } });
  await stages.runToEnd();
  const summary = parse(SummarySchema, stages.store.json("jobs/j/summary.json"), "summary");
  expect(summary.sum).toBe(Number.MAX_VALUE);
});

test("an error of several lines and odd characters is one line in its report", () => {
  const error = new Error("first\nsecond \x1b[31m\u202e\ufffe 🙂");
  expect(describeError(error)).toBe("Error: first\\x0asecond \\x1b[31m\\u202e\\ufffe 🙂");
});

test("what somebody else put beside a job's reports is no report, and keeps no job from its end", async () => {
  const stages = new Stages();
  await stages.split({ ...request, output: { plots: false } });
  for (const name of ["notes.txt", "16-x.json", "1e9-000000000000000000000000.json", ".json"])
    await stages.store.put(`jobs/j/reports/${name}`, Buffer.from("not ours"));
  await stages.store.put("jobs/j/failures/NaN", Buffer.from("not ours"));
  expect(await stages.runToEnd()).toMatchObject({ state: "complete" });
});

test("what somebody else put beside what was decided about a job decides nothing", async () => {
  const stages = new Stages();
  await stages.split({ ...request, output: { plots: false } });
  for (const name of ["notes.txt", "missing-x-1.json", "missing-1e9-3.json", "cancelled.json", "cancelled-0"])
    await stages.store.put(`jobs/j/control/${name}`, Buffer.from("not ours"));
  expect(await stages.runToEnd()).toMatchObject({ state: "complete", round: 0 });
});
