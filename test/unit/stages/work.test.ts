import { expect, test } from "vitest";
import { mandelbrot } from "../../../shared/kernels/escape-time/mandelbrot.ts";
import { chunkMessage, parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { parseResultMessage, type ReportMessage } from "../../../shared/messages/chunk-report.ts";
import { putJson } from "../../../shared/ports/store.ts";
import { sameBytes, storedArray, wholeArray } from "../../helpers/arrays.ts";
import { resolvedJob, testKernel } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

const request = {
  kernel: "mandelbrot",
  grid: {
    axes: [
      { from: 1, to: -1, count: 20 },
      { from: -2, to: 1, count: 30 },
    ],
  },
  chunk: [7, 11],
  chunksPerMessage: 1,
};

const axesOf = (...inputs: string[]) =>
  inputs.map((input, k) => ({ input, rule: "index", from: 0, step: 1, count: [20, 30][k] }));
const valuesOf = (...names: string[]) => names.map((name) => ({ name, dtype: "uint16" }));

function reportsIn(stages: Stages): ReportMessage[] {
  return stages.results
    .take()
    .map((body) => parseResultMessage(body))
    .filter((message) => message.kind === "report");
}

test("all messages, worked on once, store the array that the kernel gives in one piece", async () => {
  const stages = new Stages();
  await stages.split({ ...request, requestId: "j" });
  for (const body of stages.chunks.take()) await stages.work(body);
  const job = resolvedJob(request);
  expect(sameBytes(await storedArray(stages.store, "j"), wholeArray(job))).toBe(true);
});

test("the report is sent after the chunk is stored", async () => {
  const stages = new Stages();
  await stages.split({ ...request, requestId: "j" });
  const order: string[] = [];
  const { put } = stages.store;
  stages.store.put = async (key, bytes) => {
    order.push(key);
    await put.call(stages.store, key, bytes);
  };
  const { send } = stages.results;
  stages.results.send = async (bodies, options) => {
    const list = [...bodies];
    if (list.length > 0) order.push("report");
    return send.call(stages.results, list, options);
  };
  await stages.work(stages.chunks.take()[0] ?? "");
  expect(order).toEqual(["jobs/j/array/escape_time/c/0/0", "report"]);
});

test("a redelivered chunk that is stored is verified and reported with unknown times, not computed again", async () => {
  const stages = new Stages();
  await stages.split({ ...request, requestId: "j" });
  const [body = ""] = stages.chunks.take();
  await stages.work(body);
  const puts = stages.store.puts.length;
  const outcome = await stages.work(body, 2);
  expect(outcome).toMatchObject({ computed: [], found: [0] });
  expect(stages.store.puts.length).toBe(puts);
  const [first, second] = reportsIn(stages);
  expect(second?.chunks[0]).toEqual({ ...first?.chunks[0], times: null });
});

test("a redelivered chunk whose stored bytes are corrupt is computed again", async () => {
  const stages = new Stages();
  await stages.split({ ...request, requestId: "j" });
  const [body = ""] = stages.chunks.take();
  await stages.work(body);
  stages.store.objects.get("jobs/j/array/escape_time/c/0/0")![3]! ^= 1;
  expect(await stages.work(body, 2)).toMatchObject({ computed: [0], found: [] });
});

test("a redelivered message of several chunks is split into messages of one", async () => {
  const stages = new Stages();
  await stages.split({ ...request, chunksPerMessage: 9, requestId: "j" });
  const [body = ""] = stages.chunks.take();
  const { putIfAbsent } = stages.store;
  stages.store.putIfAbsent = async (key, bytes) => {
    if (key.endsWith("/c/0/0")) throw new Error("503 SlowDown");
    return putIfAbsent.call(stages.store, key, bytes);
  };
  const first = await stages.work(body);
  expect(first).toMatchObject({ computed: [1, 2, 3, 4, 5, 6, 7, 8], retry: true });
  const second = await stages.work(body, 2);
  expect(second).toMatchObject({ found: [1, 2, 3, 4, 5, 6, 7, 8], reissued: [0], retry: false });
  const { jobId, ofJobMs, kernel } = parseChunkMessage(body);
  expect(stages.chunks.take()).toEqual([chunkMessage({ jobId, ofJobMs, kernel }, [0])]);
});

/** As mandelbrot, but for an input that each job must give. */
const demanding = testKernel({
  ...mandelbrot,
  name: "demanding",
  inputs: { ...mandelbrot.inputs, power: {} },
});

/** Stages after a split whose job.json is not what it was. */
async function withSpec(change: object) {
  const stages = new Stages([demanding]);
  await stages.split({ ...request, requestId: "j" });
  const job = stages.store.json("jobs/j/job.json");
  await putJson(stages.store, "jobs/j/job.json", {
    ...job,
    spec: { ...job.spec, hash: undefined, ...change },
  });
  const { kernel, ...message } = JSON.parse(stages.chunks.take()[0] ?? "");
  return { stages, body: JSON.stringify(message) };
}

test.each([
  ["an unknown kernel", { kernel: "nonsense" }, /Expected kernel to be one of/],
  [
    "an unknown version of its kernel",
    { hash: "0123456789abcdef" },
    /got another version of it \(0123456789abcdef\)/,
  ],
  ["a parameter beyond its bounds", { parameters: { maxIterations: -1 } }, /maxIterations/],
  ["a parameter that its kernel lacks", { parameters: { power: 3 } }, /inputs\.power to be one of .*inputs/],
  ["a missing parameter", { kernel: "demanding" }, /inputs\.power to be a number, got nothing/],
  ["an axis that its kernel lacks", { axes: axesOf("power", "x") }, /axes to be inputs of mandelbrot/],
  ["the same axis twice", { axes: axesOf("x", "x") }, /another input for each, got "x" twice/],
  [
    "other values than its kernel's",
    { values: valuesOf("depth") },
    /those of mandelbrot \(escape_time\), got "depth"/,
  ],
  [
    "more values",
    { values: valuesOf("escape_time", "depth") },
    /those of mandelbrot .*, got "escape_time, depth"/,
  ],
])(
  "a message of a job with %s fails for good, with its reason, and is not retried",
  async (_, change, reason) => {
    const { stages, body } = await withSpec(change);
    const { computed, retry, failures } = await stages.work(body);
    expect({ computed, retry }).toEqual({ computed: [], retry: false });
    expect(failures).toMatchObject([{ chunk: 0, final: true, error: expect.stringMatching(reason) }]);
  },
);

test("a message of a job with a chunk shape larger than the array is refused", async () => {
  const { stages, body } = await withSpec({ chunkShape: [700, 700] });
  await expect(stages.work(body)).rejects.toThrow(/no larger than/);
});

test("a chunk out of range fails for good and costs the others of its message nothing", async () => {
  const stages = new Stages();
  await stages.split({ ...request, requestId: "j" });
  const outcome = await stages.work(chunkMessage({ jobId: "j" }, [0, 999, 1]));
  expect(outcome).toMatchObject({ computed: [0, 1], retry: false });
  expect(outcome.failures).toMatchObject([
    { chunk: 999, final: true, error: "Expected chunk to be below 9, got 999." },
  ]);
});

test("a store that fails for a moment makes a failed attempt that is tried again", async () => {
  const stages = new Stages();
  await stages.split({ ...request, requestId: "j" });
  const [body = ""] = stages.chunks.take();
  const { put } = stages.store;
  stages.store.put = () => Promise.reject(new Error("503 SlowDown"));
  expect(await stages.work(body)).toMatchObject({
    retry: true,
    failures: [{ final: false, error: "Error: 503 SlowDown" }],
  });
  stages.store.put = put;
  expect(await stages.work(body, 2)).toMatchObject({ retry: false, computed: [0] });
});

test("a report that cannot be sent leaves the message unacknowledged", async () => {
  const stages = new Stages();
  await stages.split({ ...request, requestId: "j" });
  stages.results.send = () => Promise.reject(new Error("throttled"));
  await expect(stages.work(stages.chunks.take()[0] ?? "")).rejects.toThrow("throttled");
});

test("while chunks are stored others are computed, four at a time and no more, and reported when all are stored", async () => {
  const stages = new Stages();
  await stages.split({ ...request, chunksPerMessage: 9, requestId: "j" });
  const [message = ""] = stages.chunks.take();
  const { put } = stages.store;
  const lastGroup = stages.store.puts.length + 8;
  let waiting: (() => void)[] = [];
  let most = 0;
  // No store ends before four have begun: one after the other, none ever would.
  stages.store.put = async (key, bytes) => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      most = Math.max(most, waiting.length);
      if (waiting.length < 4 && stages.store.puts.length < lastGroup) return;
      for (const end of waiting) end();
      waiting = [];
    });
    await put.call(stages.store, key, bytes);
  };
  await stages.work(message);
  expect(most).toBe(4);
  const chunks = reportsIn(stages).flatMap((report) => report.chunks.map(({ chunk }) => chunk));
  expect(chunks).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});
