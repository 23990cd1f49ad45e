import { expect, test } from "vitest";
import { getJson } from "../../shared/ports/store.ts";
import { ENV } from "../../shared/validation/env.ts";
import { deployed, event } from "../helpers/deployed.ts";

test("the worker keeps a message that nobody can parse under rejected/ and acknowledges it", async () => {
  const { pool, cloud, store } = await deployed("worker");
  expect(await pool.invoke(event("not json", cloud.queues.chunks.arn))).toEqual({ batchItemFailures: [] });
  expect(await getJson(store, "rejected/m_1")).toMatchObject({
    body: "not json",
    reason: expect.stringContaining("JSON"),
  });
});

test("the worker hands a message of a newer version back, and says in its log which one it knows", async () => {
  const { pool, cloud, store } = await deployed("worker");
  const body = JSON.stringify({ version: 3, tasks: [1] });
  expect(await pool.invoke(event(body, cloud.queues.chunks.arn))).toEqual({
    batchItemFailures: [{ itemIdentifier: "m/1" }],
  });
  expect(await store.get("rejected/m_1")).toBeUndefined();
  const log = Buffer.from((await store.get("logs/worker-1.log")) ?? []).toString();
  expect(log).toMatch(/"WARN".*newer message handed back.*\(version 3; this one reads up to 2\)/);
});

test("the aggregator hands back what is of a newer version: reports, and dead letters, whose chunks have not failed", async () => {
  const { pool, cloud, store } = await deployed("aggregator");
  for (const { arn } of [cloud.queues.results, cloud.queues.deadLetters]) {
    const body = JSON.stringify({ kind: "progress", version: 3, jobId: "j", chunks: [0] });
    expect(await pool.invoke(event(body, arn))).toEqual({
      ...{ batchItemFailures: [{ itemIdentifier: "m/1" }], finished: [], dropped: 0 },
    });
  }
  expect(await store.get("rejected/m_1")).toBeUndefined();
});

test("the aggregator rejects what it cannot parse, from its queue and from the dead letters", async () => {
  const { pool, cloud, store } = await deployed("aggregator");
  for (const { arn } of [cloud.queues.results, cloud.queues.deadLetters]) {
    expect(await pool.invoke(event("{}", arn))).toEqual({
      batchItemFailures: [],
      finished: [],
      dropped: arn === cloud.queues.results.arn ? 1 : 0,
    });
    expect(await getJson(store, "rejected/m_1")).toMatchObject({ eventSourceARN: arn });
  }
});

test("a report of a job that was deleted is dropped, not retried for days", async () => {
  const { pool, cloud } = await deployed("aggregator");
  const check = JSON.stringify({ kind: "check", version: 1, jobId: "gone", turn: 0 });
  expect(await pool.invoke(event(check, cloud.queues.results.arn))).toEqual({
    batchItemFailures: [],
    finished: [],
    dropped: 1,
  });
});

test("the splitter answers bad input with the sentence and a request with id and counts", async () => {
  const { pool } = await deployed("splitter");
  await expect(pool.invoke({ kernel: "mandelbrt" })).rejects.toThrow("Did you mean mandelbrot?");
  expect(await pool.invoke({ kernel: "mandelbrot", requestId: "j" })).toMatchObject({
    jobId: "j",
    chunks: 16,
    messages: 5,
  });
});

test("a missing setting ends a function at its start, by name, in its log", async () => {
  const { pool, store } = await deployed("worker", { [ENV.bucket]: "" });
  await expect(pool.invoke({ Records: [] })).rejects.toThrow(/worker-1 ended with exit code 1/);
  const log = Buffer.from((await store.get("logs/worker-1.log")) ?? []).toString();
  expect(log).toContain("Expected BUCKET in the environment, it is empty.");
});
