import { expect, test } from "vitest";
import { MAX_CHUNKS_PER_MESSAGE } from "../../shared/array/job-limits.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { makeArray } from "../../shared/kernels/dtype.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import {
  CHUNK_MESSAGE_MAX_BYTES,
  chunkMessage,
  parseChunkMessage,
} from "../../shared/messages/chunk-message.ts";
import { parseResultMessage, REPORT_MAX_BYTES, reportMessages } from "../../shared/messages/chunk-report.ts";
import { reportChunk } from "../../shared/record/stored-chunk.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { resolvedJob } from "../helpers/kernels.ts";

const worker = {
  requestId: "r".repeat(36),
  logStream: "2026/11/22/[$LATEST]0123456789abcdef",
  coldStart: true,
  initMs: 123.456789,
};

test("the largest message of every kernel weighs less than 1 KiB", () => {
  for (const kernel of KERNELS.values()) {
    const parameters = Object.fromEntries(
      Object.entries(kernel.parameters).map(([name, { default: value, integer }]) => [
        name,
        integer ? 4_000_000 : value + 1 / 3_000,
      ]),
    );
    const axis = { from: -Math.PI * 1e-10, to: Math.E * 1e-10, count: 100_000 };
    const request = { kernel: kernel.name, parameters, grid: { axes: [axis, axis] }, chunk: [100, 100] };
    const job = resolvedJob({ ...request, requestId: "x".repeat(64) }, "unused");
    const chunks = Array.from({ length: MAX_CHUNKS_PER_MESSAGE }, (_, k) => 999_999 - k);
    const body = chunkMessage(job, chunks);
    expect(Buffer.byteLength(body), kernel.name).toBeLessThanOrEqual(CHUNK_MESSAGE_MAX_BYTES);
    expect(parseChunkMessage(body).chunks).toEqual(chunks);
  }
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
    return reportChunk(job.spec, chunk, { values, storedBytes: 123_456 }, times);
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
  expect(reportChunk(job.spec, 0, { values, storedBytes: 1 }, null).tile).toBeNull();
});

test("a report that nothing is to be said in is no message", () => {
  expect([...reportMessages({ jobId: "j", round: 0, worker }, [], [])]).toEqual([]);
});

const message = JSON.parse(chunkMessage(resolvedJob({ kernel: "mandelbrot" }, "j"), [0]));
test.each([
  ["not JSON at all", "{", /chunk message to be JSON/],
  ["a version that never was", { ...message, version: 0 }, /version to be 1, got 0/],
  ["no version", { ...message, version: undefined }, /version to be given, got nothing/],
  ["a hostile job id", { ...message, jobId: "../../etc" }, /jobId/],
  ["no chunks", { ...message, chunks: [] }, /chunks/],
  ["a negative chunk", { ...message, chunks: [-1] }, /chunks\.0 to be at least 0, got -1/],
  ["a chunk that is no number", { ...message, chunks: ["0"] }, /chunks\.0 to be a whole number, got "0"/],
  [
    "a value that is no variable's name",
    { ...message, spec: { ...message.spec, value: "../../etc" } },
    /spec\.value to be the name of a variable/,
  ],
  ["no spec", { ...message, spec: undefined }, /spec to be given/],
  ["too many chunks", { ...message, chunks: Array(51).fill(0) }, /at most 50/],
  [
    "a grid of a billion points a side",
    { ...message, spec: { ...message.spec, axes: [{ ...message.spec.axes[0], count: 1e9 }] } },
    /spec\.axes\.0\.count/,
  ],
])("a message with %s is refused by the name of the field", (_, body, expected) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  expect(() => parseChunkMessage(text)).toThrow(InvalidInputError);
  expect(() => parseChunkMessage(text)).toThrow(expected);
});
