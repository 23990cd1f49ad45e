import fc from "fast-check";
import { expect, test } from "vitest";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { planRound, type Workforce } from "../../../shared/plan/plan.ts";
import { builtIn, resolvedJob } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

const axis = (count: number) => ({ from: -1, to: 1, count });
const plan = (request: object, fleet?: Workforce, round?: Parameters<typeof planRound>[3]) => {
  const job = resolvedJob({ requestId: "j", kernel: "mandelbrot", ...request });
  return planRound({ ...job, submittedAtMs: 1_800_000_000_000 }, builtIn(job.spec.kernel), fleet, round);
};

const side = fc.integer({ min: 1, max: 200 });
const request = fc.record({
  kernel: fc.constantFrom("mandelbrot", "julia", "double-pendulum"),
  grid: fc.array(side.map(axis), { minLength: 2, maxLength: 2 }).map((axes) => ({ axes })),
  chunksPerMessage: fc.oneof(fc.constant("auto" as const), fc.integer({ min: 1, max: 50 })),
});
const memoryMb = fc.constantFrom(128, 1769, 3538, 10_240);

test("the messages sum up to the chunks, and their bytes and seconds to what the plan says", () => {
  fc.assert(
    fc.property(
      request,
      memoryMb,
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      (asked, memoryMb, again, every) => {
        const all = plan(asked).figures.chunks;
        const missing =
          every === 1 ? undefined : Array.from({ length: all }, (_, k) => k).filter((k) => k % every === 0);
        const round = { round: missing ? 12 : 0, again, missing };
        const { figures, bodies } = plan(asked, { workers: { memoryMb, timeoutSeconds: 60 } }, round);
        const sent = [...bodies];
        const messages = sent.map(parseChunkMessage);
        expect(messages.flatMap(({ chunks }) => chunks).toSorted((a, b) => a - b)).toEqual(
          missing ?? Array.from({ length: all }, (_, k) => k),
        );
        const { bytes, seconds, chunks, workers } = figures;
        expect([chunks, figures.messages]).toEqual([missing?.length ?? all, sent.length]);
        expect(bytes.messages).toBe(sent.reduce((sum, body) => sum + Buffer.byteLength(body), 0));
        expect(workers).toBe(sent.length);
        expect(seconds.makespan).toBeGreaterThanOrEqual(seconds.heaviestMessage);
        expect(seconds.makespan * workers).toBeGreaterThanOrEqual(seconds.busy * (1 - 1e-9));
        expect(seconds.heaviestMessage * sent.length).toBeGreaterThanOrEqual(seconds.busy * (1 - 1e-9));
        expect([...bodies]).toEqual(sent);
      },
    ),
    { numRuns: 30 },
  );
});

test("a splitter answers with the plan that a client makes of the same request, and keeps it", async () => {
  const asked = { kernel: "double-pendulum", grid: { axes: [axis(90), axis(70)] }, requestId: "j" };
  const stages = new Stages();
  const submission = await stages.split(asked);
  expect(submission.plan).toEqual(plan(asked).figures);
  expect(stages.store.json("jobs/j/submitted.json").plan).toEqual(submission.plan);
  expect(await stages.split(asked)).toEqual(submission);
  expect(submission.longestMs).toBe(Math.ceil(1000 * submission.plan!.seconds.heaviestMessage));
});

test("what is missing is planned with the array's bytes that it has", () => {
  const asked = { grid: { axes: [axis(10), axis(10)] }, chunk: [4, 4] };
  expect(plan(asked).figures.bytes.array).toBe(200);
  const { figures } = plan(asked, {}, { round: 1, again: true, missing: [0, 2, 8] });
  expect(figures.bytes.array).toBe(2 * (16 + 8 + 4));
});

test("no more workers share the messages than there may be, and more make it no slower", () => {
  const asked = { grid: { axes: [axis(4000), axis(4000)] } };
  const ideal = (burst: number, mapping: number) => plan(asked, { cap: { burst, mapping } }).figures;
  // The mapping's alone: the job is too brief for a splitter to start any.
  const [one, few, many] = [ideal(0, 1), ideal(6, 10), ideal(720, 180)];
  expect([one.workers, few.workers, many.workers]).toEqual([1, 10, many.messages]);
  expect(one.seconds.makespan).toBeCloseTo(one.seconds.busy);
  expect(few.seconds.makespan).toBeCloseTo(one.seconds.busy / 10);
  expect(many.seconds.makespan).toBeLessThan(few.seconds.makespan);
});

test("threads halve what a worker is busy with dear chunks, not what they compute", () => {
  const asked = { kernel: "double-pendulum", grid: { axes: [axis(200), axis(200)] } };
  const [one, two] = [1769, 3538].map(
    (memoryMb) => plan(asked, { workers: { memoryMb, timeoutSeconds: 60 } }).figures,
  );
  expect(one!.seconds.busy).toBeCloseTo(one!.seconds.compute);
  expect(two!.seconds.compute).toBeCloseTo(one!.seconds.compute);
  expect(two!.seconds.busy / two!.seconds.compute).toBeGreaterThanOrEqual(0.5);
  expect(two!.seconds.busy / two!.seconds.compute).toBeLessThan(0.6);
});

test("drainers take the messages of a burst: fewer invocations, and last looks and a claim for each", () => {
  const asked = {
    grid: { axes: [axis(400), axis(400)] },
    chunk: [20, 20],
    chunksPerMessage: 10,
    ramp: "burst",
  };
  const { figures, drainers, ramp } = plan(asked, { cap: { burst: 7, mapping: 2 } });
  const mapped = plan({ ...asked, ramp: "mapping" }).figures.requests;
  expect({ ramp, drainers, messages: figures.messages }).toEqual({
    ramp: "burst",
    drainers: 40,
    messages: 40,
  });
  const { splitter, worker } = figures.requests;
  // A worker reads job.json once.
  expect(mapped.worker.get).toBe(40 + 40);
  expect(worker).toEqual({
    ...mapped.worker,
    // In less than a second each of the nine asks at most twice whether the job is cancelled.
    ...{ invocations: 7, receive: 40 + 1 + 3 * 6, get: 9 * 2 + 9 + 16, put: mapped.worker.put + 1 },
  });
  expect(splitter).toEqual({
    ...mapped.splitter,
    ...{ get: mapped.splitter.get + 2, put: mapped.splitter.put + 2, list: 2 },
  });
});
