import { expect, test } from "vitest";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { AwsError } from "../../../shared/ports/aws/aws-error.ts";
import { MAX_RECEIVE_COUNT } from "../../../shared/validation/env.ts";
import { fillMandelbrot, likeMandelbrot } from "../../helpers/kernels.ts";
import { JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

/** A job of 25 chunks, the first of which throws these in turn, the last one ever again; undefined stands for no error. */
async function jobThatThrows(errors: readonly (Error | undefined)[], chunksPerMessage = 1) {
  let calls = 0;
  const throwing = likeMandelbrot("throwing", (window, out) => {
    const isFirst = window.x[0] === -2.1 && window.y[0] === 1.3;
    const error = isFirst ? errors[Math.min(calls++, errors.length - 1)] : undefined;
    if (error) throw error;
    fillMandelbrot(window, out);
  });
  const stages = new Stages([throwing]);
  await stages.split({ ...JOB_OF_25_CHUNKS, kernel: "throwing", chunksPerMessage });
  calls = 0; // the splitter's coarse run is no attempt
  return { stages, calls: () => calls };
}

/** Works the job off. Returns the summary, and how many deliveries there were. */
async function workOff(stages: Stages) {
  const deliveries = await stages.workOff();
  return { deliveries, summary: stages.store.json("jobs/j/summary.json") };
}

const again = () => new Error("again");

test.each([1, 25])("a kernel that always throws is asked twice, with %s chunks a message", async (most) => {
  const { stages, calls } = await jobThatThrows([again()], most);
  const { summary, deliveries } = await workOff(stages);
  expect(calls()).toBe(2);
  expect(deliveries).toBe(Math.ceil(25 / most) + 1);
  expect(summary).toMatchObject({
    ...{ state: "incomplete", chunks: { done: 24, failed: 1 } },
    failures: [
      {
        chunk: 0,
        error: expect.stringMatching(/^Error: in the window y = .*: again$/),
        attempts: 2,
        final: true,
      },
    ],
  });
});

test("a kernel that throws once is computed at its second attempt", async () => {
  const { stages, calls } = await jobThatThrows([again(), undefined]);
  const { summary } = await workOff(stages);
  expect(calls()).toBe(2);
  expect(summary).toMatchObject({ state: "complete", failedAttempts: 1 });
});

test.each([
  ["another message", [again(), new Error("something else"), undefined], 3],
  ["another class", [again(), new RangeError("again"), undefined], 3],
])("an error with %s is not the same: there is another attempt", async (_, errors, attempts) => {
  const { stages, calls } = await jobThatThrows(errors);
  expect((await workOff(stages)).summary.state).toBe("complete");
  expect(calls()).toBe(attempts);
});

test("a kernel whose errors are all different comes to its end by its deliveries", async () => {
  const { stages, calls } = await jobThatThrows(Array.from({ length: 99 }, (_, k) => new Error(`no. ${k}`)));
  const { summary } = await workOff(stages);
  expect(calls()).toBe(1 + MAX_RECEIVE_COUNT);
  expect(summary).toMatchObject({
    failures: [{ chunk: 0, error: expect.stringMatching(/: no\. 5$/), attempts: 6 }],
  });
});

test("what the report told is not needed: the message says which error there was", async () => {
  const { stages, calls } = await jobThatThrows([again()]);
  await stages.work(stages.chunks.take().find((body) => parseChunkMessage(body).chunks[0] === 0)!);
  expect(stages.results.take().filter((body) => body.includes(": again"))).toHaveLength(1); // and is lost
  const [body = ""] = stages.chunks.take();
  expect(await stages.work(body)).toMatchObject({ retry: false, failures: [{ final: true, attempt: 2 }] });
  expect(calls()).toBe(2);
});

test("where another chunk of the message is to be tried again too, nothing is sent twice", async () => {
  const { stages } = await jobThatThrows([again()], 25);
  const { putIfAbsent } = stages.store;
  stages.store.putIfAbsent = async (key, bytes) => {
    if (key.endsWith("/c/4/4")) throw new Error("503 SlowDown");
    return putIfAbsent.call(stages.store, key, bytes);
  };
  const [body = ""] = stages.chunks.take();
  expect(await stages.work(body)).toMatchObject({ reissued: [], retry: true });
  expect(await stages.work(body, 2)).toMatchObject({ reissued: [0, 24], retry: false });
});

/** How often a chunk is delivered whose object the store answers each GET for like this. */
async function deliveriesWhere(code: string, status: number) {
  const stages = new Stages();
  const get = stages.store.get.bind(stages.store);
  await stages.split({ ...JOB_OF_25_CHUNKS, chunk: [40, 50] });
  stages.store.putIfAbsent = async () => "exists";
  stages.store.get = async (key) => {
    if (key.endsWith("/c/0/0")) throw new AwsError("s3 GetObject", status, code, "no");
    return get(key);
  };
  let [body] = stages.chunks.take();
  for (let receives = 1; body !== undefined && receives <= MAX_RECEIVE_COUNT; receives++) {
    const { failures, retry } = await stages.work(body, receives);
    expect(failures).toMatchObject([{ chunk: 0, error: expect.stringContaining(code) }]);
    const [reissued] = stages.chunks.take();
    if (reissued) receives = 0;
    if (!retry) body = reissued;
  }
  return stages.invocations;
}

test("what lies in a chunk's place and is no chunk is found out twice", async () => {
  expect(await deliveriesWhere("InvalidObjectState", 403)).toBe(2);
});

test.each([
  ["SlowDown", 503],
  ["AccessDenied", 403],
  ["ECONNRESET", 0],
])("a store that answers %s is asked at every delivery: it may be in order again", async (code, status) => {
  expect(await deliveriesWhere(code, status)).toBe(MAX_RECEIVE_COUNT);
});
