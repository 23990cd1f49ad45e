import { expect, test } from "vitest";
import { Cancellations } from "../../../functions/worker/cancellations.ts";
import { computeChunk } from "../../../functions/worker/compute.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { parseResultMessage, type ReportMessage } from "../../../shared/messages/chunk-report.ts";
import { loadKernel } from "../../../shared/plan/check-spec.ts";
import { putJson } from "../../../shared/ports/store.ts";
import { cancelJob } from "../../../shared/record/control.ts";
import { fillMandelbrot, likeMandelbrot } from "../../helpers/kernels.ts";
import { JOB_OF_4_CHUNKS, JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

const NOTHING = { computed: [], found: [], reissued: [], failures: [], cancelled: false, retry: false };
const KEY = (chunk: number) => `jobs/j/array/escape_time/c/${chunk >> 1}/${chunk & 1}`;

/** A job of four chunks in one message. */
async function oneMessage(request: object = JOB_OF_4_CHUNKS, stages = new Stages()) {
  await stages.split({ ...request, chunksPerMessage: 25 });
  stages.results.sent.length = 0;
  const [body = ""] = stages.chunks.take();
  const reports = () => stages.results.take().map((each) => parseResultMessage(each) as ReportMessage);
  return { stages, store: stages.store, body, reports };
}

test("a message that is worked on once computes each of its chunks, and reports them by their worker", async () => {
  const { stages, body, reports } = await oneMessage();
  expect(await stages.work(body)).toEqual({ ...NOTHING, computed: [0, 1, 2, 3] });
  const [report, ...more] = reports();
  expect(more).toEqual([]);
  expect(report).toMatchObject({
    ...{ jobId: "j", round: 0, failures: [] },
    worker: { requestId: "request-1", logStream: "worker-1", coldStart: true, initMs: 12 },
  });
  expect(stages.chunks.sent).toEqual([]);
});

test("nothing is looked up at a first delivery, four chunks at a time at a second one", async () => {
  const { stages, store, body } = await oneMessage(JOB_OF_25_CHUNKS);
  const get = store.get.bind(store);
  let [reads, underWay, most] = [0, 0, 0];
  store.get = async (key) => {
    if (!key.includes("escape_time/c/")) return get(key);
    reads++;
    most = Math.max(most, ++underWay);
    await new Promise(setImmediate);
    underWay--;
    return get(key);
  };
  await stages.work(body);
  expect(reads).toBe(0);
  expect((await stages.work(body, 2)).found.sort((a, b) => a - b)).toEqual(
    Array.from({ length: 25 }, (_, k) => k),
  );
  expect([reads, most]).toEqual([25, 4]);
});

test("a message that is sent again looks for its chunks at its first delivery, and computes what is not there", async () => {
  const { stages, store, body } = await oneMessage();
  await stages.work(body);
  store.objects.delete(KEY(2));
  const again = JSON.stringify({ ...JSON.parse(body), again: true });
  expect(await stages.work(again)).toEqual({ ...NOTHING, computed: [2], found: [0, 1, 3] });
});

test("a message whose job is not to be computed is not looked up either", async () => {
  const { stages, store, body } = await oneMessage();
  await stages.work(body);
  const job = store.json("jobs/j/job.json");
  job.spec.parameters.maxIterations = -1;
  await putJson(store, "jobs/j/job.json", job);
  const { found, failures } = await stages.work(body, 2);
  expect(found).toEqual([]);
  expect(failures).toHaveLength(4);
});

test("what a kernel threw goes into a message of the chunk's own, which looks first", async () => {
  const moody = likeMandelbrot("moody", (window, out) => {
    if (window.x[0] !== -2.1 && window.y[0] === 1.3) throw new Error("not here");
    fillMandelbrot(window, out);
  });
  const { stages, body } = await oneMessage({ ...JOB_OF_4_CHUNKS, kernel: "moody" }, new Stages([moody]));
  expect(await stages.work(body)).toMatchObject({ computed: [0, 2, 3], reissued: [1], retry: false });
  expect(stages.chunks.take().map((each) => parseChunkMessage(each))).toMatchObject([
    { chunks: [1], again: true, failed: expect.any(String) },
  ]);
});

test("chunks are reported in their order, in whichever they were stored", async () => {
  const { stages, store, body, reports } = await oneMessage();
  const last = Promise.withResolvers<void>();
  const stored: string[] = [];
  store.putIfAbsent = async (key) => {
    if (key === KEY(0)) await last.promise;
    if (key === KEY(3)) last.resolve();
    stored.push(key);
    return "stored";
  };
  await stages.work(body);
  expect(stored.at(-1)).toBe(KEY(0));
  expect(reports()[0]?.chunks.map(({ chunk }) => chunk)).toEqual([0, 1, 2, 3]);
});

test("threads are told what was computed without them although they could have shared it, and of nothing else", async () => {
  const { stages, body } = await oneMessage();
  let missed = 0;
  stages.threads = {
    size: 2,
    pay: () => missed === 2,
    missed: () => void missed++,
    compute: async (job, chunk) =>
      computeChunk(job, chunk, await loadKernel({ name: job.spec.kernel }, stages.kernels), stages.clock),
  };
  expect((await stages.work(body)).computed.sort()).toEqual([0, 1, 2, 3]);
  expect(missed).toBe(2);
  await stages.work(JSON.stringify({ ...JSON.parse(body), chunks: [3] }));
  expect(missed).toBe(2);
});

test("a chunk that is alone in its message is computed at each delivery; beside others it gets a message of its own", async () => {
  const { stages, body } = await oneMessage();
  const [chunk = -1] = parseChunkMessage(body).chunks;
  const alone = JSON.stringify({ ...JSON.parse(body), chunks: [chunk] });
  expect(await stages.work(alone, 4)).toEqual({ ...NOTHING, computed: [0] });
  expect(await stages.work(body, 2)).toEqual({ ...NOTHING, found: [0], reissued: [1, 2, 3] });
  expect(stages.chunks.take().map((each) => parseChunkMessage(each).chunks)).toEqual([[1], [2], [3]]);
});

test("a failed attempt says which chunk, whose attempt, when, and why", async () => {
  const { stages, store, body, reports } = await oneMessage();
  store.putIfAbsent = async (key) => {
    if (key === KEY(1)) throw new Error("disk");
    return "stored";
  };
  const before = stages.clock.epochMs();
  const outcome = await stages.work(JSON.stringify({ ...JSON.parse(body), chunks: [1] }), 3);
  const failure = {
    ...{ chunk: 1, error: "Error: disk", final: false, disputed: false, attempt: 3 },
    ...{ failedAtMs: expect.any(Number), requestId: "request-1", logStream: "worker-1" },
  };
  expect(outcome).toEqual({ ...NOTHING, failures: [failure], retry: true });
  expect(outcome.failures[0]?.failedAtMs).toBeGreaterThan(before);
  expect(reports()).toMatchObject([{ chunks: [], failures: [failure] }]);
});

test("how long a chunk took counts computing, and storing", async () => {
  const { stages, store, body, reports } = await oneMessage({ ...JOB_OF_4_CHUNKS, chunk: [8, 10] });
  stages.clock.advance(1_000_000);
  store.putIfAbsent = async () => {
    stages.clock.advance(500);
    return "stored";
  };
  await stages.work(body);
  const times = reports()[0]?.chunks[0]?.times;
  // The clock moves a millisecond at each look.
  expect(times?.durationMs).toBeGreaterThan(500);
  expect(times?.durationMs).toBeLessThan(520);
  expect(times).toMatchObject({ computeMs: expect.any(Number), cpuMs: expect.any(Number) });
  expect(Object.keys(times ?? {})).not.toContain("elapsedMs");
});

test("of a cancelled job nothing is looked at, and nothing is said", async () => {
  const { stages, store, body, reports } = await oneMessage();
  await cancelJob(store, "j", 0);
  expect(await stages.work(body, 2)).toEqual({ ...NOTHING, cancelled: true });
  expect(reports()).toEqual([]);
  expect([...store.objects.keys()].filter((key) => key.includes("escape_time/c/"))).toEqual([]);
});

test("what an environment knows of cancellations is asked first; one that cannot tell keeps no job from going on", async () => {
  const { stages, store, body } = await oneMessage();
  class Told extends Cancellations {
    answer: () => Promise<boolean> = async () => true;
    override include() {
      return this.answer();
    }
  }
  const told = new Told(store, stages.clock);
  stages.cancellations = told;
  expect((await stages.work(body)).cancelled).toBe(true);
  told.answer = () => Promise.reject(new Error("503 SlowDown"));
  expect((await stages.work(body)).computed).toEqual([0, 1, 2, 3]);
});
