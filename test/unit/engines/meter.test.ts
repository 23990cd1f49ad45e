import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AnsweredRequest, LocalCloud } from "../../../client/local/local-cloud.ts";
import { Meter } from "../../../client/local/meter.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const queue = (name: string) => ({ url: `http://127.0.0.1/0/${name}`, arn: name });
const QUEUES: LocalCloud["queues"] = {
  ...{ chunks: queue("chunks"), results: queue("results") },
  ...{ deadLetters: queue("dead"), resultDeadLetters: queue("results-dead") },
};
const MEMORY = { splitter: 1024, worker: 2048, aggregator: 1024 };

function meterIn(folder = temporaryFolder()) {
  const meter = new Meter(join(folder, "logs"));
  meter.watch(QUEUES);
  return meter;
}
const signed = (stage: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${stage}/20260101/us-east-1/s3`,
});
const s3 = (stage: string, method: string, url: string, status = 200): AnsweredRequest => ({
  ...{ method, url, status, headers: signed(stage), body: undefined },
});
const sqs = (action: string, body: object, more: Partial<AnsweredRequest> = {}): AnsweredRequest => ({
  ...{ method: "POST", url: "/", status: 200, body },
  headers: {
    "x-amz-target": `AmazonSQS.${action}`,
    "content-type": "application/x-amz-json-1.0",
    ...more.headers,
  },
  ...(more.answer && { answer: more.answer }),
});

test("an object's requests are the stage's that signed them; what was not found is billed, what failed is not", () => {
  const meter = meterIn();
  for (const [method, url, status] of [
    ["PUT", "/manyhands/jobs/j/a", 200],
    ["PUT", "/manyhands/jobs/j/a", 412],
    ["PUT", "/manyhands/jobs/j/a", 503],
    ["GET", "/manyhands/jobs/j/a", 404],
    ["GET", "/manyhands?list-type=2&prefix=jobs", 200],
    ["DELETE", "/manyhands/jobs/j/a", 204],
  ] as const)
    meter.answered(s3("worker", method, url, status));
  meter.answered(s3("local", "PUT", "/manyhands/jobs/j/a"));
  const { worker, splitter, aggregator } = meter.stages;
  expect(worker.requests).toMatchObject({ put: 2, get: 1, list: 1 });
  expect([splitter, aggregator].map(({ requests }) => requests.put)).toEqual([0, 0]);
});

test("what the mapping asks of a queue is its consumer's, and what the client asks is not counted", () => {
  const meter = meterIn();
  const { chunks, results } = QUEUES;
  meter.answered(sqs("ReceiveMessage", { QueueUrl: chunks.url }, { answer: { Messages: [{ Body: "{}" }] } }));
  meter.answered(sqs("ReceiveMessage", { QueueUrl: chunks.url }, { answer: {} }));
  meter.answered(sqs("DeleteMessageBatch", { QueueUrl: results.url }));
  meter.answered(sqs("ChangeMessageVisibility", { QueueUrl: chunks.url }));
  meter.answered(sqs("GetQueueAttributes", { QueueUrl: chunks.url }));
  meter.answered(sqs("GetQueueAttributes", { QueueUrl: chunks.url }, { headers: signed("aggregator") }));
  const { worker, aggregator } = meter.stages;
  expect(worker).toMatchObject({ requests: { receive: 2, depth: 0 }, emptyReceives: 1, postponed: 1 });
  expect(aggregator.requests).toMatchObject({ delete: 1, depth: 1 });
});

test("a message counts for each 64 KiB, sent and received", () => {
  const meter = meterIn();
  const body = "x".repeat(150_000);
  const { url } = QUEUES.results;
  meter.answered(
    sqs(
      "SendMessageBatch",
      { QueueUrl: url, Entries: [{ MessageBody: body }] },
      { headers: signed("worker") },
    ),
  );
  meter.answered(
    sqs("ReceiveMessage", { QueueUrl: url }, { answer: { Messages: [{ Body: body }, { Body: "{}" }] } }),
  );
  const { worker, aggregator } = meter.usages(MEMORY);
  expect([worker.requests.sqs, aggregator.requests.sqs]).toEqual([3, 3]);
});

test("an invocation is billed with its start, by the stage's memory, and logs by what they grew", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "logs"));
  writeFileSync(join(folder, "logs/worker-1.log"), "of an earlier run");
  const meter = meterIn(folder);
  meter.invoked("worker", { durationMs: 100.2, initMs: 99 });
  meter.invoked("worker", { durationMs: 100 });
  writeFileSync(join(folder, "logs/worker-1.log"), "of an earlier run, and more");
  writeFileSync(join(folder, "logs/worker-2.log"), "1234567");
  const { worker, splitter } = meter.usages(MEMORY);
  expect(worker).toMatchObject({ gbSeconds: 2 * 0.3, requests: { lambda: 2 }, logBytes: 10 + 7 + 2 * 330 });
  expect(splitter).toMatchObject({ gbSeconds: 0, logBytes: 0 });
});

test("what is no file in the place of a log counts nothing: the slot that needs the place names it", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "logs/worker-1.log"), { recursive: true });
  symlinkSync("nowhere", join(folder, "logs/worker-2.log"));
  const meter = meterIn(folder);
  writeFileSync(join(folder, "logs/worker-3.log"), "1234567");
  expect(meter.usages(MEMORY).worker.logBytes).toBe(7);
});
