import fc from "fast-check";
import { expect, test } from "vitest";
import { Looks } from "../../../functions/aggregator/looks.ts";
import { split } from "../../../functions/splitter/split.ts";
import { burstFleet } from "../../../shared/burst/burst-fleet.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { resumption } from "../../../shared/messages/resumption.ts";
import { lookedAfter } from "../../../shared/plan/looks.ts";
import { planRound } from "../../../shared/plan/plan.ts";
import type { Collecting } from "../../../shared/plan/requests.ts";
import type { StoredJob } from "../../../shared/record/job.ts";
import { CountedStages } from "../../helpers/counted-stages.ts";
import { builtIn, resolvedJob } from "../../helpers/kernels.ts";
import { JOB_OF_25_CHUNKS } from "../../helpers/stages.ts";

const axis = (count: number) => ({ from: -1, to: 1, count });
/** The stages hand over each report alone. */
const ALONE: Collecting = { mostReports: 1, windowSeconds: 1, checks: 1 };

const of25 = (plots: boolean) => ({ ...JOB_OF_25_CHUNKS, output: { plots } });

/** What the plan says of the job that these stages have in store. */
function planned(
  stages: CountedStages,
  round: Parameters<typeof planRound>[3] = { round: 0, again: false },
  collecting = ALONE,
) {
  const job = stages.store.json("jobs/j/job.json") as StoredJob;
  const fleet = { workers: stages.workers, collecting };
  return planRound(job, builtIn(job.spec.kernel), fleet, round).figures;
}

/** Works off everything, and then the check, whose time comes later. */
async function runToEnd(stages: CountedStages) {
  const summary = await stages.runToEnd();
  for (const { body } of stages.results.sent.splice(0)) await stages.aggregate(body);
  expect(summary?.state).toBe("complete");
}

const request = fc
  .record({
    kernel: fc.constantFrom("mandelbrot", "julia"),
    counts: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 2 }),
    cut: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
    chunksPerMessage: fc.oneof(fc.constant("auto" as const), fc.integer({ min: 1, max: 50 })),
    npy: fc.boolean(),
  })
  .map(({ counts, cut, npy, ...rest }) => ({
    ...{ ...rest, requestId: "j", grid: { axes: counts.map(axis) }, output: { plots: false, npy } },
    chunk: counts.map((count, k) => Math.ceil(count / cut[k]!)),
  }));

test("a run makes the very requests that its plan names, stage by stage and kind by kind", async () => {
  await fc.assert(
    fc.asyncProperty(request, fc.constantFrom(128, 1769, 3538), async (asked, memoryMb) => {
      const stages = new CountedStages();
      stages.workers = { memoryMb, timeoutSeconds: 60 };
      await stages.split(asked);
      await runToEnd(stages);
      expect(stages.made).toEqual(planned(stages).requests);
    }),
    { numRuns: 25 },
  );
});

test.each([
  ["one axis", [300]],
  ["two axes", [12, 20]],
])("pictures are a PUT each: %s", async (_, counts) => {
  const stages = new CountedStages();
  await stages.split({ kernel: "mandelbrot", requestId: "j", grid: { axes: counts.map(axis) } });
  await runToEnd(stages);
  expect(stages.made).toEqual(planned(stages).requests);
  const { invocations, put } = planned(stages).requests.aggregator;
  const pictures = [...stages.store.objects.keys()].filter((key) => key.endsWith(".png")).length;
  expect(pictures).toBeGreaterThan(counts.length);
  expect(put).toBe(invocations - 1 + pictures + 1);
});

/** 600 x 600 elements of 4 bytes, all of which are cells of the overview. */
const large = (side: number, chunksPerMessage: number, plots: boolean) => ({
  ...{ kernel: "mandelbrot", requestId: "j", grid: { axes: [axis(600), axis(600)] }, dtype: "uint32" },
  ...{ parameters: { maxIterations: 2 }, chunk: [side, side], chunksPerMessage, output: { plots } },
});

test("tiles that do not fit one report make several, each sent alone", async () => {
  const stages = new CountedStages();
  await stages.split(large(150, 3, false));
  await runToEnd(stages);
  const { worker, aggregator } = planned(stages).requests;
  // Five messages of three chunks and one of one: two tiles of 120 KB a report.
  expect([worker.invocations, worker.send, aggregator.invocations]).toEqual([6, 11, 12]);
  expect(stages.made.aggregator).toEqual(aggregator);
  // Here both are sent at once: 370 KB, of which SQS takes 256.
  expect({ ...stages.made.worker, send: 11 }).toEqual(worker);
});

test("tiles that fit no report are read from the chunks", async () => {
  const stages = new CountedStages();
  await stages.split(large(200, 1, true));
  await runToEnd(stages);
  expect(stages.made).toEqual(planned(stages).requests);
  expect(stages.made.aggregator.get).toBe(9 + 3 + 9 + 9);
});

test("a job that is split again after a split that broke off has its chunks looked for first", async () => {
  const stages = new CountedStages();
  await stages.split(of25(false));
  stages.chunks.take();
  stages.results.sent.length = 0;
  stages.store.objects.delete("jobs/j/submitted.json");
  stages.countAnew();
  await stages.split(of25(false));
  await runToEnd(stages);
  const { requests } = planned(stages, { round: 0, again: true });
  expect(stages.made).toEqual(requests);
  // Is it cancelled, what is the job, is the chunk there.
  expect(requests.worker.get).toBe(25 + 25 + 25);
});

test("a resumption is planned for what is missing, from its plan on", async () => {
  const stages = new CountedStages();
  await stages.split(of25(false));
  stages.results.sent.length = 0;
  for (const body of stages.chunks.take().slice(3)) await stages.work(body);
  for (const body of stages.results.take()) await stages.aggregate(body);
  stages.countAnew();
  const { plan } = await stages.split(resumption("j"));
  const missing = stages.chunks.sent.flatMap(({ body }) => parseChunkMessage(body).chunks);
  const expected = planned(stages, { round: 1, again: true, missing: missing.toSorted((a, b) => a - b) });
  expect(plan).toMatchObject({ chunks: 3, bytes: expected.bytes, seconds: expected.seconds });
  await runToEnd(stages);
  const { splitter, worker, aggregator } = expected.requests;
  expect(stages.made.worker).toEqual(worker);
  expect(stages.made.splitter).toMatchObject({ put: splitter.put, send: splitter.send });
  // What came in the round before is read again.
  expect(stages.made.aggregator).toEqual({ ...aggregator, get: aggregator.get + 22 });
});

test("reports that come together cost a batch", async () => {
  const stages = new CountedStages();
  await stages.split(of25(true));
  for (const body of stages.chunks.take()) await stages.work(body);
  const reports = stages.results.take();
  for (let at = 0; at < 25; at += 5) await stages.aggregateTogether("j", reports.slice(at, at + 5));
  for (const { body } of stages.results.sent.splice(0)) await stages.aggregate(body);
  const fives = { mostReports: 5, windowSeconds: 1, checks: 1 };
  expect(stages.made).toEqual(planned(stages, { round: 0, again: false }, fives).requests);
  expect(stages.made.aggregator).toMatchObject({ invocations: 6, receive: 6 });
});

test("a batch has the report that begins it, and those that come within a second", () => {
  const asked = { kernel: "double-pendulum", grid: { axes: [axis(900), axis(900)] }, requestId: "j" };
  const job = resolvedJob(asked);
  const one = planRound(job, builtIn(job.spec.kernel), { cap: { mapping: 1, burst: 0 } });
  const { seconds, requests } = one.figures;
  expect(Math.ceil(seconds.makespan)).toBeGreaterThan(100);
  const aSecond = requests.worker.send / seconds.makespan;
  expect(requests.aggregator.invocations).toBe(Math.ceil(requests.worker.send / (1 + aSecond)) + 1);
  expect(requests.aggregator.invocations).toBeLessThan(seconds.makespan);
  const longer = planRound(job, builtIn(job.spec.kernel), {
    ...{ cap: { mapping: 1, burst: 0 }, expectedSeconds: 1e9 },
  }).figures.requests;
  expect(longer.aggregator.invocations).toBe(longer.worker.send + 1); // each comes alone
});

test("a splitter that starts workers claims their places by the requests of its plan", async () => {
  const stages = new CountedStages();
  const { ports, store, clock } = stages;
  const fleet = burstFleet({
    ...{ cap: { burst: 7, mapping: 2 }, workerTimeoutMs: 60_000, clock, pause: async () => {} },
    newGroup: () => "g",
    store: Object.assign(ports.store, { delete: async (key: string) => void store.objects.delete(key) }),
    invokeLater: async () => {},
    onTrouble: (what, error) => expect.fail(`${what}: ${error}`),
  });
  const { plan, drainers } = await split({ ...of25(true), ramp: "burst" }, "", { ...ports, fleet });
  expect(drainers).toBe(7);
  expect({ ...stages.made.splitter, invocations: 1 }).toEqual(plan?.requests.splitter);
  expect(plan?.requests.splitter).toMatchObject({ list: 2, get: 3 });
});

test("the aggregator looks after those batches that the plan takes it to look after", () => {
  for (const batches of [1, 7, 999, 1000, 1001, 1002, 1500, 20_000]) {
    let nowMs = 0;
    const looks = new Looks({ monotonicMs: () => nowMs });
    const job = { jobId: "j", submittedAtMs: 0 };
    const looked: number[] = [];
    for (let batch = 1; batch <= batches; batch++) {
      if (!looks.isDue(job, 1)) continue;
      const onLooked = looks.begin();
      nowMs += 1000; // only a look takes time, so that no other is due for the time's sake
      onLooked(job, { round: 0, keys: batch, covered: batch, needed: batches });
      looked.push(batch);
    }
    expect([...lookedAfter(batches)]).toEqual(looked);
  }
});
