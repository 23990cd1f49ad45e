import { expect, test } from "vitest";
import { readJob } from "../../../functions/aggregator/aggregate.ts";
import { type DeliverPorts, deliver } from "../../../functions/worker/deliver.ts";
import { kernelsOf } from "../../../shared/kernels/loader.ts";
import { MOST_HANDED_ON } from "../../../shared/ports/delivery.ts";
import type { Received } from "../../../shared/ports/queue.ts";
import { readStatus } from "../../../shared/record/job-status.ts";
import { readLacking } from "../../../shared/record/lacking.ts";
import { MAX_RECEIVE_COUNT } from "../../../shared/validation/env.ts";
import { kernelsWith } from "../../helpers/kernels.ts";
import { JOB_OF_4_CHUNKS, Stages } from "../../helpers/stages.ts";

const WORKER = { requestId: "r", logStream: "w", coldStart: false, initMs: null };
const NONE = kernelsOf(new Map());

/** A submitted job's messages, and workers that take them from its queue. */
async function submitted(kernels: DeliverPorts["kernels"], others: DeliverPorts["others"]) {
  const stages = new Stages();
  await stages.split(JOB_OF_4_CHUNKS);
  const { chunks, results, store } = stages;
  results.sent.splice(0);
  const said: string[] = [];
  const log = {
    info: () => {},
    warn: (what: string, { error }: Record<string, unknown>) => void said.push(`${what}: ${error}`),
    error: (what: string, { error }: Record<string, unknown>) => void said.push(`${what}: ${error}`),
  };
  const ports = { ...stages.ports, kernels, others, logger: log, inbox: chunks, retryAfterSeconds: 2 };
  const take = async (): Promise<Received> => (await chunks.receive(1, 600_000))[0]!;
  const workBy = (using: DeliverPorts["kernels"]) => async (message: Received) => {
    const { retry } = await deliver(message, WORKER, { ...ports, kernels: using });
    if (!retry) await chunks.acknowledge([message]);
    return retry;
  };
  return { stages, store, chunks, results, said, take, work: workBy(kernels), workBy };
}

test("a standing worker leaves what it lacks the kernel of to others, as often as it comes, and nothing fails", async () => {
  const { chunks, results, said, take, work, workBy } = await submitted(NONE, "unlike");
  for (let times = 0; times < 4 * 2 * MAX_RECEIVE_COUNT; times++) {
    const message = await take();
    expect(message.receiveCount).toBe(1);
    expect(await work(message)).toBe(true);
  }
  expect(results.sent).toEqual([]);
  expect(await chunks.deadLetters.receive(10, 0)).toEqual([]);
  expect(said[0]).toMatch(/^message of a kernel that is not here handed back: Expected kernel to be one of/);
  for (let chunk = 0; chunk < 4; chunk++) expect(await workBy(kernelsWith())(await take())).toBe(false);
  expect(await chunks.depth()).toEqual({ waiting: 0, inFlight: 0, delayed: 0 });
  expect(results.sent).toHaveLength(4);
});

test("what no worker could do in a day fails with the sentence that names the kernel, and was told of from the first", async () => {
  const { results, store, take, work, chunks } = await submitted(NONE, "unlike");
  const message = await take();
  expect(await work(message)).toBe(true);
  expect(await readLacking(store, "j")).toMatchObject({
    worker: "w",
    reason: expect.stringContaining("Expected kernel to be one of"),
  });
  const { lacking } = await readStatus(store, await readJob("j", store));
  expect(lacking?.reason).toContain("Expected kernel");
  const [sent = ""] = chunks.sent.map(({ body }) => body).filter((body) => JSON.parse(body).handedOn);
  expect(JSON.parse(sent)).toEqual({ ...JSON.parse(message.body), handedOn: 1 });
  const passed = (handedOn: number) => ({
    ...message,
    body: JSON.stringify({ ...JSON.parse(sent), handedOn }),
  });
  expect(await work(passed(MOST_HANDED_ON - 1))).toBe(true);
  expect(results.sent).toEqual([]);
  expect(await work(passed(MOST_HANDED_ON))).toBe(false);
  const [report = ""] = results.take();
  expect(JSON.parse(report).failures).toMatchObject([
    { final: true, error: expect.stringContaining("Expected kernel to be one of") },
  ]);
});

test.each([1, 2, 4])(
  "it ends by the count of its rounds, too, where the first worker had it at its delivery %i",
  async (delivery) => {
    const { chunks, results, take, work } = await submitted(NONE, "unlike");
    const [body = ""] = chunks.take();
    await chunks.send([JSON.stringify({ ...JSON.parse(body), handedOn: MOST_HANDED_ON - 2 })]);
    let message = await take();
    for (; message.receiveCount < delivery; message = await take()) await chunks.postpone(message, 0);
    let deliveries = 0;
    while (await work(message)) {
      expect(++deliveries).toBeLessThan(2 * MAX_RECEIVE_COUNT);
      message = await take();
    }
    const [report = ""] = results.take();
    expect(JSON.parse(report).failures).toMatchObject([{ final: true }]);
    expect(await chunks.deadLetters.receive(1, 0)).toEqual([]);
  },
);

test("a job whose kernel's file is Python is other workers', wherever the file was uploaded and whatever its declaration lets one do", async () => {
  const { store, results, said, take, work } = await submitted(kernelsWith(), "unlike");
  const message = await take();
  const id = JSON.parse(message.body).jobId;
  const path = `jobs/${id}/job.json`;
  const job = JSON.parse(Buffer.from((await store.get(path))!).toString());
  const declaration = { ...job.declaration, language: "python" };
  await store.put(
    path,
    Buffer.from(JSON.stringify({ ...job, declaration, uploaded: { sha256: "0".repeat(64) } })),
  );
  expect(await work(message)).toBe(true);
  expect(results.sent).toEqual([]);
  expect(said[0]).toContain("Expected kernel to be one that workers of Node compute, got ");
});

test("where all workers are alike the last of its deliveries says which kernel is not there", async () => {
  const { results, chunks, take, work } = await submitted(NONE, "alike");
  const message = { ...(await take()), receiveCount: MAX_RECEIVE_COUNT - 1 };
  expect(await work(message)).toBe(true);
  expect(results.sent).toEqual([]);
  expect(await work({ ...(await take()), receiveCount: MAX_RECEIVE_COUNT })).toBe(false);
  const [report = ""] = results.take();
  expect(JSON.parse(report).failures).toMatchObject([
    { final: true, error: expect.stringContaining("Expected kernel to be one of") },
  ]);
  expect((await chunks.depth()).inFlight).toBe(1);
});

test.each([
  ["alike", [1, 2, 3, 4, 5]],
  ["unlike", [1, 1, 1, 1, 1]],
] as const)(
  "a message of a newer version is given back to workers that are %s, at deliveries %j",
  async (others, counts) => {
    const { chunks, results, said, store, take, work } = await submitted(kernelsWith(), others);
    chunks.take();
    await chunks.send([JSON.stringify({ version: 9, anything: true })]);
    const before = store.puts.length;
    for (const receiveCount of counts) {
      const message = await take();
      expect(message.receiveCount).toBe(receiveCount);
      expect(await work(message)).toBe(true);
    }
    expect(said).toHaveLength(5);
    expect(said[0]).toMatch(/^newer message handed back: .*version 9/);
    expect(results.sent).toEqual([]);
    expect(store.puts).toHaveLength(before);
  },
);

test("a chunk that failed keeps its count at workers that are unlike, too", async () => {
  const { store, take, work } = await submitted(kernelsWith(), "unlike");
  store.putIfAbsent = () => Promise.reject(new Error("not this time"));
  const first = await take();
  expect(await work(first)).toBe(true);
  let again = await take();
  while (again.id !== first.id) again = await take();
  expect(again.receiveCount).toBe(2);
});
