import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JobSpec } from "../../shared/array/spec.ts";
import { defineKernel, type Kernel } from "../../shared/kernels/kernel.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { chunkMessage, parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { checkMessage, parseResultMessage } from "../../shared/messages/chunk-report.ts";
import { JobIdSchema } from "../../shared/messages/job-id.ts";
import { resolveJob } from "../../shared/plan/resolve-job.ts";
import { SummarySchema } from "../../shared/record/summary.ts";
import { isPermanent, NewerVersionError } from "../../shared/validation/errors.ts";
import { parse } from "../../shared/validation/parse.ts";
import { fuzz, nearly } from "../helpers/fuzz.ts";
import { expectSentence } from "../helpers/sentences.ts";
import { Stages } from "../helpers/stages.ts";

/** The real kernels' names, parameters and bounds, whose elements cost nothing: what is asked for may be large. */
const FREE = [...KERNELS.values()].map((kernel) =>
  defineKernel({ ...kernel, compute: (_parameters, _window, out) => void out.fill(1) } as Kernel),
);

const AXIS = { from: 0, to: 1, count: 6 };
const request = { kernel: "mandelbrot", grid: { axes: [AXIS, AXIS] }, chunk: [3, 2], chunksPerMessage: 2 };
const job = resolveJob(request, "j", KERNELS);
const pendulum = resolveJob({ kernel: "double-pendulum", grid: { axes: [AXIS] }, chunk: [2] }, "j", KERNELS);
/** As many points and chunks as there may be: one change, and they are more. */
const LONG_AXIS = { ...AXIS, count: 100_000 };
const large = resolveJob(
  { kernel: "mandelbrot", grid: { axes: [LONG_AXIS, LONG_AXIS] }, chunk: [100, 100] },
  "j",
  KERNELS,
);
const chunkMessages = fc
  .tuple(
    fc.constantFrom(job, pendulum, large),
    fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1 }),
  )
  .map(([one, chunks]) => JSON.parse(chunkMessage(one, chunks)) as unknown);

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
    let parsed = 0;
    await fuzz(3000, nearly(chunkMessages), async (body) => {
      const stages = new Stages(FREE);
      const error = await refusal(() => stages.work(body));
      if (error) {
        expect([stages.store.objects.size, stages.chunks.sent, stages.results.sent]).toEqual([0, [], []]);
        return;
      }
      parsed++;
      const message = parseChunkMessage(body);
      const outcome = await stages.work(body);
      expect(outcome.retry).toBe(false);
      for (const failure of outcome.failures) expectSentence(failure.error);
      expect(outcome.computed.length + outcome.failures.length).toBe(message.chunks.length);
      expectWithinLimits(message.spec, outcome.computed);
      expectWithinJobs(stages.store.objects.keys());
      for (const { body: report } of stages.results.sent) parseResultMessage(report);
    });
    expect(parsed).toBeGreaterThan(100);
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

function expectWithinLimits({ axes, chunkShape, dtype }: JobSpec, computed: readonly number[]): void {
  if (computed.length === 0) return;
  const shape = axes.map(({ count }) => count);
  const chunks = shape.reduce((product, n, k) => product * Math.ceil(n / (chunkShape[k] ?? 1)), 1);
  expect(chunks).toBeLessThanOrEqual(1_000_000);
  expect(shape.reduce((product, n) => product * n, 1)).toBeLessThanOrEqual(1.1e10);
  expect(
    chunkShape.reduce((product, n) => product * n, 1) * (dtype === "float64" ? 8 : 2),
  ).toBeLessThanOrEqual(2 ** 26);
}
