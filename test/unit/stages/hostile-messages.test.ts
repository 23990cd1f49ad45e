import { expect, test } from "vitest";
import type { JobSpec } from "../../../shared/array/spec.ts";
import { defineKernel, type Kernel } from "../../../shared/kernels/kernel.ts";
import { mandelbrot } from "../../../shared/kernels/mandelbrot.ts";
import { chunkMessage } from "../../../shared/messages/chunk-message.ts";
import { parseResultMessage } from "../../../shared/messages/chunk-report.ts";
import { resolveJob } from "../../../shared/plan/resolve-job.ts";
import { SummarySchema } from "../../../shared/record/summary.ts";
import { describeError, InvalidInputError } from "../../../shared/validation/errors.ts";
import { parse } from "../../../shared/validation/parse.ts";
import { Stages } from "../../helpers/stages.ts";

// Found by test/slow/fuzz-*.test.ts, or on the way to them.

const axis = { from: 0, to: 1, count: 4 };
const request = { kernel: "mandelbrot", grid: { axes: [axis, axis] }, requestId: "j" };

test.each<[string, (spec: JobSpec) => unknown, RegExp]>([
  [
    "more points than a job may have",
    (spec) => ({ ...spec, axes: spec.axes.map((each) => ({ ...each, count: 1_000_000 })) }),
    /grid to be at most 11000000000 points, got 1000000 x 1000000/,
  ],
  [
    "more chunks than a job may have",
    (spec) => ({ ...spec, axes: spec.axes.map((each) => ({ ...each, count: 2000 })), chunkShape: [1, 1] }),
    /chunk to be large enough for at most 1000000 chunks, got 1 x 1/,
  ],
])(
  "a message of a job with %s fails its chunks for good, and computes nothing",
  async (_, change, reason) => {
    const stages = new Stages();
    const { spec } = resolveJob(request, "j", stages.kernels);
    const body = chunkMessage({ jobId: "j", spec: change(spec) as JobSpec }, [0, 1]);
    const { computed, failures, retry } = await stages.work(body);
    expect({ computed, retry, stored: stages.store.objects.size }).toEqual({
      computed: [],
      retry: false,
      stored: 0,
    });
    expect(failures.map(({ error, final }) => [final, reason.test(error)])).toEqual([
      [true, true],
      [true, true],
    ]);
  },
);

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
  const large = defineKernel({
    ...mandelbrot,
    name: "large",
    dtypes: () => ["float64"],
    compute: (_parameters, _window, out) => void out.fill(Number.MAX_VALUE),
  }) as Kernel;
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
