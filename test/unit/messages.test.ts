import { expect, test } from "vitest";
import { MAX_CHUNKS_PER_MESSAGE } from "../../shared/array/job-limits.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { kernel } from "../../shared/kernels/authoring.ts";
import { MOST_AXES, MOST_INPUTS } from "../../shared/kernels/declaration.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import {
  CHUNK_MESSAGE_MAX_BYTES,
  chunkMessage,
  MAX_ROUND,
  parseChunkMessage,
} from "../../shared/messages/chunk-message.ts";
import { parseResultMessage, REPORT_MAX_BYTES, reportMessages } from "../../shared/messages/chunk-report.ts";
import { MOST_HANDED_ON } from "../../shared/ports/delivery.ts";
import { StoredJobSchema } from "../../shared/record/job.ts";
import { reportChunk } from "../../shared/record/stored-chunk.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { parse } from "../../shared/validation/parse.ts";
import { resolvedJob, testKernel } from "../helpers/kernels.ts";
import { Stages } from "../helpers/stages.ts";

const worker = {
  requestId: "r".repeat(36),
  logStream: "2026/11/22/[$LATEST]0123456789abcdef",
  coldStart: true,
  initMs: 123.456789,
};

/** As long as a job's id, a hash and a time can be. */
const OF = { jobId: "x".repeat(64), ofJobMs: 1.7e12 + 1 / 3, kernel: "f".repeat(64) };

test("the largest message weighs less than 1 KiB", () => {
  const chunks = Array.from({ length: MAX_CHUNKS_PER_MESSAGE }, (_, k) => 999_999 - k);
  const facts = { estimatedMs: 1e5 + 1 / 3, failed: "0123abcd", waited: 99 };
  const body = chunkMessage({ ...OF, round: MAX_ROUND, again: true }, chunks, facts);
  const handedOn = JSON.stringify({ ...JSON.parse(body), handedOn: MOST_HANDED_ON });
  expect(Buffer.byteLength(handedOn)).toBeLessThanOrEqual(CHUNK_MESSAGE_MAX_BYTES);
  const message = { version: 2, ...OF, chunks, round: MAX_ROUND, again: true, ...facts };
  expect(parseChunkMessage(body)).toEqual({ ...message, handedOn: 0 });
  expect(parseChunkMessage(handedOn)).toEqual({ ...message, handedOn: MOST_HANDED_ON });
});

test("a message is as small however many inputs its kernel has: job.json has them, once", async () => {
  const names = Array.from({ length: MOST_INPUTS }, (_, k) => `input${k}`.padEnd(40, "x"));
  const swept = { from: 0, to: 1 };
  const wide = kernel({
    name: "wide",
    inputs: Object.fromEntries(names.map((name, k) => [name, k < MOST_AXES ? swept : { default: 1 / 3 }])),
    value: { name: "sum" },
    point: (inputs) => Object.values(inputs as Record<string, number>).reduce((sum, each) => sum + each, 0),
  });
  const stages = new Stages([testKernel(wide)]);
  const points = [10, 5, 1, 1, 1, 2];
  const chunk = [1, 1, 1, 1, 1, 2];
  await stages.split({ kernel: "wide", points, chunk, chunksPerMessage: 50, requestId: "j" });
  const bodies = stages.chunks.take();
  expect(bodies.map((body) => parseChunkMessage(body).chunks.length)).toEqual([50]);
  expect(Buffer.byteLength(bodies[0]!)).toBeLessThan(300);
  const { parameters, axes } = stages.store.json("jobs/j/job.json").spec;
  expect([...axes.map(({ input }: { input: string }) => input), ...Object.keys(parameters)]).toEqual(names);
  await stages.work(bodies[0]!);
  for (const body of stages.results.take()) await stages.aggregate(body);
  expect(stages.store.json("jobs/j/summary.json").state).toBe("complete");
});

test("reports of many chunks are split into messages within the size that SQS takes", () => {
  const job = resolvedJob(
    {
      kernel: "double-pendulum",
      grid: {
        axes: [
          { from: 0, to: 1, count: 1000 },
          { from: 0, to: 1, count: 1000 },
        ],
      },
      dtype: "float64",
      chunk: [125, 125],
    },
    "j",
  );
  const reports = Array.from({ length: 20 }, (_, chunk) => {
    const values = makeArray("float64", layoutOf(job.spec).chunk(chunk).elements).fill(1 / 3);
    const times = { startedAtMs: 1.7e12 + 1 / 3, durationMs: 1 / 3, computeMs: 1 / 3, cpuMs: 1 / 3 };
    return reportChunk(job, chunk, { values: [values], storedBytes: 123_456 }, times);
  });
  const bodies = [...reportMessages({ jobId: "j", round: 0, worker }, reports, [])];
  expect(bodies.length).toBeGreaterThan(1);
  for (const body of bodies) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(REPORT_MAX_BYTES);
  const chunks = bodies.flatMap((body) => {
    const message = parseResultMessage(body);
    return message.kind === "report" ? message.chunks.map(({ chunk }) => chunk) : [];
  });
  expect(chunks).toEqual(reports.map(({ chunk }) => chunk));
});

test("a chunk whose tile would not fit a message is reported without it", () => {
  const job = resolvedJob(
    {
      kernel: "mandelbrot",
      grid: {
        axes: [
          { from: 0, to: 1, count: 1000 },
          { from: 0, to: 1, count: 1000 },
        ],
      },
      chunk: [1000, 1000],
    },
    "j",
  );
  const values = makeArray("uint16", 1_000_000);
  expect(reportChunk(job, 0, { values: [values], storedBytes: 1 }, null).tile).toBeNull();
});

test("a report that nothing is to be said in is no message", () => {
  expect([...reportMessages({ jobId: "j", round: 0, worker }, [], [])]).toEqual([]);
});

const message = JSON.parse(chunkMessage({ jobId: "j", ofJobMs: 1, kernel: "0123456789abcdef" }, [0]));
test.each([
  ["not JSON at all", "{", /chunk message to be JSON/],
  ["a version that never was", { ...message, version: 0 }, /version to be 1 to 2, got 0/],
  ["no version", { ...message, version: undefined }, /version to be given, got nothing/],
  ["a hostile job id", { ...message, jobId: "../../etc" }, /jobId/],
  ["no job id", { ...message, jobId: undefined }, /jobId to be given, got nothing/],
  ["a time that is none", { ...message, ofJobMs: "now" }, /ofJobMs/],
  ["a hash that is none", { ...message, kernel: "../x" }, /kernel to be 16 to 64 hexadecimal digits, got/],
  ["no chunks", { ...message, chunks: [] }, /chunks/],
  ["a negative chunk", { ...message, chunks: [-1] }, /chunks\.0 to be at least 0, got -1/],
  ["a chunk that is no number", { ...message, chunks: ["0"] }, /chunks\.0 to be a whole number, got "0"/],
  ["too many chunks", { ...message, chunks: Array(51).fill(0) }, /at most 50/],
])("a message with %s is refused by the name of the field", (_, body, expected) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  expect(() => parseChunkMessage(text)).toThrow(InvalidInputError);
  expect(() => parseChunkMessage(text)).toThrow(expected);
});

const stored = { ...resolvedJob({ kernel: "mandelbrot" }), submittedAtMs: 1 };
const withSpec = (more: object) => ({ ...stored, spec: { ...stored.spec, ...more } });
const { values: _, ...common } = stored.spec;
const former = { ...common, dtype: "uint16" };
test.each([
  ["no spec", { ...stored, spec: undefined }, /spec to be given, got nothing/],
  [
    "a value that is no variable's name",
    withSpec({ values: [{ name: "../../etc", dtype: "uint16" }] }),
    /spec\.values\.0\.name to be the name of a variable/,
  ],
  ["no value", withSpec({ values: [] }), /spec\.values to be a list of at least one value/],
  [
    "more values than 16",
    withSpec({ values: Array(17).fill({ name: "v", dtype: "uint16" }) }),
    /spec\.values to be a list of at most 16/,
  ],
  [
    "a former spec's value that is no name",
    { ...stored, spec: { ...former, value: "../../etc" } },
    /spec\.value to be the name of a variable/,
  ],
  [
    "a grid of a billion points a side",
    withSpec({ axes: [{ ...stored.spec.axes[0], count: 1e9 }] }),
    /spec\.axes\.0\.count/,
  ],
  [
    "seven axes",
    withSpec({ axes: Array(7).fill(stored.spec.axes[0]), chunkShape: Array(7).fill(1) }),
    /spec\.axes to be a list of one to 6/,
  ],
  [
    "an axis whose name is no input's",
    withSpec({ axes: [{ ...stored.spec.axes[0], input: "a/b" }] }),
    /spec\.axes\.0\.input to be the name of an input/,
  ],
  ["a seed below 0", withSpec({ seed: -1 }), /spec\.seed to be at least 0/],
])("a job.json with %s is refused by the name of the field", (_, document, expected) => {
  expect(() => parse(StoredJobSchema, document, "job.json")).toThrow(InvalidInputError);
  expect(() => parse(StoredJobSchema, document, "job.json")).toThrow(expected);
});

test("a job.json with a former spec, of one value, is read", () => {
  const read = (spec: object) => parse(StoredJobSchema, { ...stored, version: 1, spec }, "job.json").spec;
  expect(read({ ...former, value: "escape_time" }).values).toEqual([
    { name: "escape_time", dtype: "uint16" },
  ]);
  expect(read(former).values).toEqual([{ dtype: "uint16" }]);
});
