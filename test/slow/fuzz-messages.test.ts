import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arrayShape } from "../../shared/array/grid.ts";
import { cellBytes, type JobSpec } from "../../shared/array/spec.ts";
import type { ChunkArray } from "../../shared/kernels/dtype.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { chunkMessage, parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { checkMessage, parseResultMessage } from "../../shared/messages/chunk-report.ts";
import { JobIdSchema } from "../../shared/messages/job-id.ts";
import { jsonBytes } from "../../shared/ports/store.ts";
import { type Job, StoredJobSchema } from "../../shared/record/job.ts";
import { SummarySchema } from "../../shared/record/summary.ts";
import { isPermanent, NewerVersionError } from "../../shared/validation/errors.ts";
import { parse } from "../../shared/validation/parse.ts";
import { fuzz, nearly } from "../helpers/fuzz.ts";
import { resolvedJob, testKernel } from "../helpers/kernels.ts";
import { expectSentence } from "../helpers/sentences.ts";
import { Stages } from "../helpers/stages.ts";

/** The real kernels' names, inputs and bounds, whose elements cost nothing: what is asked for may be large. */
const FREE = [...KERNELS.values()].map((kernel) =>
  testKernel({ ...kernel, fill: (_window: object, out: ChunkArray) => void out.fill(1) }),
);

const AXIS = { from: 0, to: 1, count: 6 };
const swept = { y: AXIS, x: AXIS };
const request = { kernel: "mandelbrot", inputs: swept, chunk: [3, 2], chunksPerMessage: 2 };
const job = resolvedJob(request);
const pendulum = resolvedJob(
  { kernel: "double-pendulum", inputs: { angle2: 0, angle1: AXIS }, chunk: [2] },
  "p",
);
const cube = resolvedJob(
  { kernel: "julia", inputs: { ...swept, maxIterations: [5, 9], cRe: 0.1 }, chunk: [3, 2, 2], seed: 7 },
  "c",
);
/** As many points and chunks as there may be: one change, and they are more. */
const LONG_AXIS = { ...AXIS, count: 100_000 };
const large = resolvedJob(
  { kernel: "mandelbrot", inputs: { y: LONG_AXIS, x: LONG_AXIS }, chunk: [100, 100] },
  "l",
);
const JOBS = [job, pendulum, cube, large];
const SUBMITTED_MS = 1.7e12;
const stored = (one: Job) => ({ ...one, submittedAtMs: SUBMITTED_MS });
const messageOf = ({ jobId, spec }: Job, chunks: readonly number[]) =>
  chunkMessage({ jobId, ofJobMs: SUBMITTED_MS, kernel: spec.hash }, chunks);
const chunkMessages = fc
  .tuple(fc.constantFrom(...JOBS), fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1 }))
  .map(([one, chunks]) => JSON.parse(messageOf(one, chunks)) as unknown);

/** Every key lies below the prefix of a job whose id is one. */
function expectWithinJobs(keys: Iterable<string>): void {
  for (const key of keys) {
    const [, id = ""] = /^jobs\/([^/]*)\/[a-z]+(\/[a-z0-9._-]+)*(\.json|\.png|\.npy)?$/.exec(key) ?? [];
    expect(() => parse(JobIdSchema, id, key)).not.toThrow();
  }
}

/** The error of a refusal, or undefined. Only what a newer program may understand is tried again. */
async function refusal(action: () => Promise<unknown> | unknown): Promise<unknown> {
  try {
    await action();
    return undefined;
  } catch (error) {
    expect(isPermanent(error) || error instanceof NewerVersionError, String(error)).toBe(true);
    expectSentence(error);
    return error;
  }
}

describe("a message of the chunk queue", () => {
  test("is refused with a sentence and nothing stored or sent, or ends each of its chunks", async () => {
    let ended = 0;
    const jobs = JOBS.map((one) => [`jobs/${one.jobId}/job.json`, jsonBytes(stored(one))] as const);
    await fuzz(5000, nearly(chunkMessages), async (body) => {
      if (await isEnded(body, jobs)) ended++;
    });
    expect(ended).toBeGreaterThan(100);
  });

  test("is refused so, or ends each of its chunks, whatever its job.json says", async () => {
    const { jobId } = cube;
    const recorded = nearly(fc.constantFrom(...JOBS).map((one) => ({ ...stored(one), jobId })));
    const forJob = fc.constantFrom(messageOf(cube, [0, 5]), chunkMessage({ jobId }, [1, 2]));
    let ended = 0;
    await fuzz(3000, fc.tuple(recorded, forJob), async ([json, body]) => {
      if (await isEnded(body, [[`jobs/${jobId}/job.json`, Buffer.from(json)]])) ended++;
    });
    expect(ended).toBeGreaterThan(100);
  });

  test("is buried as a dead letter with a sentence, or settles chunks of its own job and no other", async () => {
    await fuzz(700, nearly(chunkMessages), async (body) => {
      const stages = new Stages(FREE);
      await stages.split({ ...request, requestId: "j", output: { plots: false } });
      const before = new Set(stages.store.objects.keys());
      const error = await refusal(() => stages.bury(body));
      if (error) expect(new Set(stages.store.objects.keys())).toEqual(before);
      expectWithinJobs(stages.store.objects.keys());
      await expectEnds(stages);
    });
  });
});

describe("a message of the result queue", () => {
  test("is refused with a sentence and nothing stored, or its job still ends with a summary and pictures", async () => {
    const workers = new Stages(FREE);
    await workers.split({ ...request, requestId: "j" });
    for (const body of workers.chunks.take()) await workers.work(body);
    const failure = {
      ...{ chunk: 1, error: "Error: x", final: true, attempt: 5, failedAtMs: 1.7e12 },
      ...{ requestId: "r", logStream: "l" },
    };
    const reports = workers.results.take().map((body) => JSON.parse(body));
    const messages = fc.oneof(
      fc.constantFrom(...reports),
      fc.constantFrom(...reports).map((report) => ({ ...report, failures: [failure] })),
      fc.constant(JSON.parse(checkMessage({ jobId: "j", round: 0, turn: 3 }))),
    );
    let accepted = 0;
    await fuzz(2000, nearly(messages), async (body) => {
      const stages = await aggregated(body, false);
      await expectEnds(stages);
      if (stages.error) return;
      accepted++;
      await expectEnds(await aggregated(body, true));
    });
    expect(accepted).toBeGreaterThan(100);
  });
});

/** Has a worker take a message in a bucket with these objects; true where its chunks came to an end. */
async function isEnded(body: string, objects: readonly (readonly [string, Uint8Array])[]): Promise<boolean> {
  const stages = new Stages(FREE);
  for (const [key, bytes] of objects) stages.store.objects.set(key, bytes);
  const refused = await refusal(() => stages.work(body));
  const isUntouched = () => {
    expect(stages.store.objects.size).toBe(objects.length);
    expect([stages.chunks.sent, stages.results.sent]).toEqual([[], []]);
  };
  if (refused) {
    isUntouched();
    return false;
  }
  const { jobId, chunks } = parseChunkMessage(body);
  const outcome = await stages.work(body);
  expect(outcome.retry).toBe(false);
  if (outcome.cancelled) {
    // There is no such job.
    isUntouched();
    return false;
  }
  for (const failure of outcome.failures) expectSentence(failure.error);
  expect(outcome.computed.length + outcome.failures.length).toBe(chunks.length);
  const { spec } = parse(StoredJobSchema, stages.store.json(`jobs/${jobId}/job.json`), "job.json");
  expectWithinLimits(spec, outcome.computed);
  expectWithinJobs(stages.store.objects.keys());
  for (const { body: report } of stages.results.sent) parseResultMessage(report);
  return true;
}

/** A job that was split, and heard this of the result queue. */
async function aggregated(body: string, plots: boolean) {
  const stages = new Stages(FREE);
  await stages.split({ ...request, requestId: "j", output: { plots } });
  const before = new Set(stages.store.objects.keys());
  const error = await refusal(() => stages.aggregate(body));
  const isRefused = error instanceof Error && /^(InvalidInput|NewerVersion)Error$/.test(error.name);
  if (isRefused) expect(new Set(stages.store.objects.keys())).toEqual(before);
  expectWithinJobs(stages.store.objects.keys());
  return Object.assign(stages, { error });
}

/** The job's own messages end it after all, whatever came between. */
async function expectEnds(stages: Stages): Promise<void> {
  await stages.runToEnd();
  const summary = parse(SummarySchema, stages.store.json("jobs/j/summary.json"), "summary");
  expect(summary.state).toBe("complete");
  expectWithinJobs(stages.store.objects.keys());
}

function expectWithinLimits(spec: JobSpec, computed: readonly number[]): void {
  if (computed.length === 0) return;
  const { chunkShape } = spec;
  const shape = arrayShape(spec);
  const chunks = shape.reduce((product, n, k) => product * Math.ceil(n / (chunkShape[k] ?? 1)), 1);
  expect(chunks).toBeLessThanOrEqual(1_000_000);
  expect(shape.reduce((product, n) => product * n, 1)).toBeLessThanOrEqual(1.1e10);
  expect(chunkShape.reduce((product, n) => product * n, cellBytes(spec))).toBeLessThanOrEqual(2 ** 26);
}
