import fc from "fast-check";
import { expect, test } from "vitest";
import { HandlerError } from "../../client/local/slots.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { chunkMessage, parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { checkMessage, parseResultMessage } from "../../shared/messages/chunk-report.ts";
import { mostWorkOf } from "../../shared/plan/work-units.ts";
import { getJson, jsonBytes, type Store } from "../../shared/ports/store.ts";
import { type StoredJob, StoredJobSchema } from "../../shared/record/job.ts";
import { NewerVersionError } from "../../shared/validation/errors.ts";
import { parse } from "../../shared/validation/parse.ts";
import { deployed, event } from "../helpers/deployed.ts";
import { fuzz, hostileText, nearly } from "../helpers/fuzz.ts";
import { builtIn, resolvedJob } from "../helpers/kernels.ts";
import { expectSentence } from "../helpers/sentences.ts";

const AXIS = { from: 0, to: 1, count: 6 };
const job = resolvedJob({
  kernel: "mandelbrot",
  inputs: { y: AXIS, x: AXIS, maxIterations: 9 },
  chunk: [3, 2],
});
const stored: StoredJob = { ...job, submittedAtMs: 1.7e12 };
const { hash: kernel } = job.spec;
const chunkMessages = fc.constant(
  JSON.parse(chunkMessage({ jobId: "j", ofJobMs: 1.7e12, kernel }, [0, 1, 2])),
);
const worker = { requestId: "r", logStream: "l", coldStart: true, initMs: 5 };
const times = { startedAtMs: 1.7e12, durationMs: 5, computeMs: 4, cpuMs: 4 };
const chunk = { chunk: 0, sum: 1, min: 0, max: 1, nonFinite: 0, storedBytes: 9, times, tile: "AAAA" };
const failure = { chunk: 1, error: "Error: x", final: true, attempt: 5, failedAtMs: 1.7e12 };
const resultMessages = fc.constantFrom<unknown>(
  {
    ...{ kind: "report", version: 1, jobId: "j", worker, chunks: [chunk] },
    failures: [{ ...failure, requestId: "r", logStream: "l" }],
  },
  JSON.parse(checkMessage({ jobId: "j", round: 0, turn: 3 })),
);

/** Message ids are SQS's own; a key is made of them, so these are hostile too. */
const records = (bodies: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(hostileText, bodies), { minLength: 10, maxLength: 10 });

async function expectKept(store: Store, messageId: string, body: string): Promise<void> {
  const key = `rejected/${messageId.replace(/[^A-Za-z0-9-]/g, "_")}`;
  const kept = (await getJson(store, key)) as { reason: string; body: string };
  expectSentence(kept.reason);
  // Halves of pairs cannot be written as UTF-8.
  expect(Buffer.from(kept.body)).toEqual(Buffer.from(body));
}

async function keysIn(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list("")) if (!/^(logs|cache)\//.test(key)) keys.push(key);
  return keys;
}

/** What Lambda hands to a handler is JSON. Here it goes to another process, which does not take any depth. */
function eventIn(text: string): unknown {
  try {
    return JSON.parse(JSON.stringify(JSON.parse(text)));
  } catch {
    return text;
  }
}

function parsedBy<Message>(parseBody: (body: string) => Message, body: string): Message | undefined {
  try {
    return parseBody(body);
  } catch {
    return undefined;
  }
}

/** True for a message that a later release may understand: it is handed back. */
function isNewer(parseBody: (body: string) => unknown, body: string): boolean {
  try {
    parseBody(body);
    return false;
  } catch (error) {
    return error instanceof NewerVersionError;
  }
}

test("the splitter's bundle answers hostile events with a sentence, and stores and sends nothing", async () => {
  const { pool, store } = await deployed("splitter");
  const requests = fc.constantFrom<unknown>(
    { kernel: "julia", grid: { axes: [AXIS] }, requestId: "../j" },
    { kernel: "mandelbrt", grid: { axes: [AXIS, AXIS] }, chunk: [2, 2] },
    { kernel: "julia", parameters: { cRe: 5 }, output: { npy: true } },
    { kernel: "julia", inputs: { y: 0, x: AXIS, cRe: [0.1, "0.2"] }, seed: 1.5 },
    { kernel: "mandelbrot", inputs: { maxIterations: { from: 0, to: 9, count: 3, rule: "log" } } },
    { kernel: "mandelbrot", inputs: {}, parameters: {}, points: [9, 9, 9] },
  );
  let refused = 0;
  await fuzz(200, nearly(requests), async (text) => {
    const value = eventIn(text);
    const error = await pool.invoke(value).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!error) return;
    expect(error, String(error)).toBeInstanceOf(HandlerError);
    expect((error as HandlerError).errorType).toMatch(/^(InvalidInput|NewerVersion|JobConflict)Error$/);
    expectSentence(error);
    refused++;
  });
  expect(refused).toBeGreaterThan(150);
  const keys = await keysIn(store);
  expect(keys.filter((key) => !/^jobs\/[a-z0-9-]{1,64}\//.test(key))).toEqual([]);
});

test("the worker's bundle keeps what nobody can parse, ends the chunks of the rest, and hands back only what is newer", async () => {
  const { pool, cloud, store } = await deployed("worker");
  await store.put("jobs/j/job.json", jsonBytes(stored));
  await fuzz(20, records(nearly(chunkMessages)), async (all) => {
    for (const [k, [id, body]] of all.entries()) {
      const messageId = `${k}-${id}`.slice(0, 80);
      const { Records } = event(body, cloud.queues.chunks.arn);
      const answer = await pool.invoke({ Records: [{ ...Records[0], messageId }] });
      const isHandedBack = isNewer(parseChunkMessage, body);
      const batchItemFailures = isHandedBack ? [{ itemIdentifier: messageId }] : [];
      expect(answer, body).toEqual({ batchItemFailures });
      if (!isHandedBack && !parsedBy(parseChunkMessage, body)) await expectKept(store, messageId, body);
    }
  });
  expect(await unexpectedKeys(store)).toEqual([]);
  const chunks = await keysBelow(store, "jobs/j/array/escape_time/c/");
  expect(chunks).toEqual(expect.arrayContaining(["0/0", "0/1", "0/2"]));
});

test("the worker's bundle ends the chunks of a job whose job.json may say anything, or hands its message back", async () => {
  const { pool, cloud, store } = await deployed("worker");
  let ended = 0;
  let jobs = 0;
  await fuzz(200, nearly(fc.constant(stored)).filter(isCheap), async (text) => {
    const jobId = `j${++jobs}`; // an environment reads each job once
    const json = text.replace('"jobId":"j"', `"jobId":"${jobId}"`);
    await store.put(`jobs/${jobId}/job.json`, Buffer.from(json));
    const message = event(chunkMessage({ jobId }, [0]), cloud.queues.chunks.arn);
    const answer = await pool.invoke(message);
    const job = parsedBy((text) => parse(StoredJobSchema, JSON.parse(text), ""), json);
    // Another worker may have a kernel that is not here.
    const isDone = job !== undefined && KERNELS.has(job.spec.kernel);
    expect(answer, json).toEqual({ batchItemFailures: isDone ? [] : [{ itemIdentifier: "m/1" }] });
    if (isDone) ended++;
  });
  expect(ended).toBeGreaterThan(10);
  expect(await unexpectedKeys(store)).toEqual([]);
});

/** True unless it asks for what would take long. */
function isCheap(json: string): boolean {
  const job = parsedBy((text) => parse(StoredJobSchema, JSON.parse(text), ""), json);
  if (!job) return true;
  const elements = job.spec.chunkShape.reduce((product, side) => product * side, 1);
  return elements * mostWorkOf(builtIn("mandelbrot"), job.spec) < 1e6;
}

/** All but chunks, what was rejected, and the test's own job.json. */
async function unexpectedKeys(store: Store): Promise<string[]> {
  const expected = /^(jobs\/[a-z0-9-]{1,64}\/(array\/[a-z0-9_/]*c\/|job\.json$)|rejected\/)/i;
  return (await keysIn(store)).filter((key) => !expected.test(key));
}

async function keysBelow(store: Store, prefix: string): Promise<string[]> {
  return (await keysIn(store)).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
}

test("the aggregator's bundle keeps what nobody can parse, drops what has no job, and hands back only what is newer", async () => {
  const { pool, cloud, store } = await deployed("aggregator");
  const { results, deadLetters } = cloud.queues;
  for (const [messages, queue, parser] of [
    [resultMessages, results, parseResultMessage],
    [chunkMessages, deadLetters, parseChunkMessage],
  ] as const) {
    await fuzz(10, records(nearly(messages as fc.Arbitrary<unknown>)), async (all) => {
      const Records = all.map(([id, body], k) => ({
        ...event(body, queue.arn).Records[0],
        messageId: `${k}-${id}`.slice(0, 80),
      }));
      const newer = Records.filter(({ body = "" }) => isNewer(parser, body));
      const batchItemFailures = newer.map(({ messageId: itemIdentifier }) => ({ itemIdentifier }));
      expect(await pool.invoke({ Records })).toMatchObject({ batchItemFailures, finished: [] });
      for (const record of Records) {
        const { messageId, body = "" } = record;
        if (!newer.includes(record) && !parsedBy<unknown>(parser, body))
          await expectKept(store, messageId, body);
      }
    });
  }
  const keys = await keysIn(store);
  expect(
    keys.filter((key) => !/^(jobs\/[a-z0-9-]{1,64}\/(reports|failures)\/|rejected\/)/.test(key)),
  ).toEqual([]);
});
