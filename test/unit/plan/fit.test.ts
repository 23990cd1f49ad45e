import { expect, test } from "vitest";
import { chunkCost } from "../../../api/warnings.ts";
import { optionName } from "../../../cli/request/input-option.ts";
import type { LoadedKernel } from "../../../shared/kernels/loader.ts";
import { KERNELS } from "../../../shared/kernels/registry.ts";
import type { JobRequest } from "../../../shared/messages/job-request.ts";
import { expectToFit } from "../../../shared/plan/fit.ts";
import { planRound } from "../../../shared/plan/plan.ts";
import { DEFAULT_WORKERS } from "../../../shared/plan/workers.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import { builtIn, likeMandelbrot, resolvedJob } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

const square = (from: number, to: number, count: number) => ({
  axes: [
    { from, to, count },
    { from, to, count },
  ],
});

/** `units` of work for each element of the left half, nothing for those of the right half; it may cost a million. */
const costing = (name: string, units: number | undefined) =>
  likeMandelbrot(name, (_, out) => out.fill(1), {
    work:
      units === undefined
        ? undefined
        : { most: () => 1e6, of: ({ x }: { x: number }) => (x < 0.5 ? units : 0) },
  });

/** 1,000 x 1,000 elements from 0 to 1 in each direction. */
const request = (kernel: string, chunk: number[], more: Partial<JobRequest> = {}) => ({
  ...{ kernel, grid: square(0, 1, 1000), chunk, requestId: "j" },
  ...more,
});

function judge(kernel: LoadedKernel, chunk: number[], workers = DEFAULT_WORKERS): void {
  const job = resolvedJob(request(kernel.name, chunk), "j", kernel);
  expectToFit(planRound(job, kernel, { workers }));
}

test("a job whose only chunk is sure to outlast the timeout is refused, with estimate, timeout and what to do", () => {
  // Half of a million elements of 200,000 units: 1,000 s at the stated rate, 100 s at ten times that.
  expect(() => judge(costing("dear", 200_000), [1000, 1000])).toThrow(
    new InvalidInputError(
      "chunk",
      "small enough to be computed within the worker's timeout of 60 s",
      "1000 x 1000, estimated at 101 to 1001 s each",
      "Give smaller chunks: --chunk 173x173, say.",
    ),
  );
});

test("what the cells were seen to take is judged at twice that speed, by any estimate", () => {
  const dear = costing("dear", 200_000);
  const judgeAt = (computeSeconds: number, chunk: number[]) => {
    const job = { ...resolvedJob(request(dear.name, chunk), "j", dear), computeSeconds };
    expectToFit(planRound(job, dear, { workers: DEFAULT_WORKERS }));
  };
  judgeAt(119, [1000, 1000]);
  expect(() => judgeAt(140, [1000, 1000])).toThrow(
    /1000 x 1000, estimated at 70 to 140 s each\. Give smaller chunks: --chunk 462x462, say\.$/,
  );
  judgeAt(140, [462, 462]);
});

test("what is proposed is accepted, and so is the same chunk where there is more time for it", () => {
  const dear = costing("dear", 200_000);
  judge(dear, [173, 173]);
  const patient = { ...DEFAULT_WORKERS, timeoutSeconds: 300 };
  judge(dear, [1000, 1000], patient);
  expect(() => judge(dear, [1000, 1000], { ...patient, memoryMb: 128 })).toThrow(InvalidInputError);
});

test("where one chunk fits the job is not refused, however dear the others", () => {
  judge(costing("dear", 900_000), [1000, 500]);
});

test("what the dearest element might cost refuses nothing: elements are looked at", () => {
  judge(costing("cheap", 10), [1000, 1000]);
});

test("a kernel that does not say what its elements cost is not judged, but the assumption is said", () => {
  const silent = costing("silent", undefined);
  judge(silent, [1000, 1000], { ...DEFAULT_WORKERS, timeoutSeconds: 0.01 });
  const job = resolvedJob(request("silent", [100, 100]), "j", silent);
  expect(chunkCost(job, silent, optionName)).toBe(
    "What a cell of kernel silent costs is not known, as those that were timed threw: 10 µs are assumed, 0.1 s for a chunk of 100x100; " +
      "give smaller chunks (--chunk) if one may take longer than a worker's timeout, 60 s on AWS unless it was deployed with another.",
  );
});

test("a long chunk is told before the start, with what fits", () => {
  const silent = costing("silent", undefined);
  const measured = { meanSeconds: 0.01, mostSeconds: 0.02 };
  const job = resolvedJob({ ...request("silent", [100, 100]), chunk: [100, 100], measured }, "j", silent);
  expect(chunkCost(job, silent, optionName)).toMatch(
    /^A chunk of 100x100 takes about 100 s on this machine, longer than a worker's timeout.*--chunk 54x54/,
  );
  const cell = { ...request("silent", [4, 4]), measured: { meanSeconds: 70, mostSeconds: 70 } };
  expect(chunkCost(resolvedJob({ ...cell, chunk: [1, 1] }, "j", silent), silent)).toBe(
    "A cell takes about 70 s on this machine, longer than a worker's timeout, 60 s on AWS unless it was deployed with another: " +
      "engines serial and threads have no such limit.",
  );
  const { chunk: _, ...auto } = { ...request("silent", [100, 100]), measured };
  expect(chunkCost(resolvedJob(auto, "j", silent), silent)).toBeUndefined();
});

test("nothing is assumed of a kernel that says what a point costs", () => {
  const saying = [...KERNELS.keys()].map(builtIn).filter(({ work }) => work);
  expect(saying.length).toBeGreaterThan(0);
  for (const kernel of saying)
    expect(chunkCost(resolvedJob({ kernel: kernel.name }), kernel)).toBeUndefined();
});

test("the splitter refuses before it stores or sends anything, but not what it has begun", async () => {
  const stages = new Stages([costing("dear", 200_000)]);
  const job = request("dear", [1000, 1000], { output: { plots: false } });
  await expect(stages.split(job)).rejects.toThrow(InvalidInputError);
  expect([...stages.store.objects.keys()]).toEqual([]);
  expect([stages.chunks.sent, stages.results.sent]).toEqual([[], []]);
  stages.workers = { ...DEFAULT_WORKERS, timeoutSeconds: 900 };
  const submission = await stages.split(job);
  stages.workers = DEFAULT_WORKERS;
  expect(await stages.split(job)).toEqual(submission);
});
