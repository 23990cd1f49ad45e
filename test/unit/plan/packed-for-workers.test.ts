import { expect, test } from "vitest";
import { type ChunkMessage, parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { estimateWork } from "../../../shared/plan/estimate.ts";
import { threadsPay } from "../../../shared/plan/threads-pay.ts";
import { DEFAULT_WORKERS } from "../../../shared/plan/workers.ts";
import type { Job } from "../../../shared/record/job.ts";
import { builtIn } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

const REGIONS = {
  mandelbrot: [
    [1.3, -1.3],
    [-2.13, 0.77],
  ],
  "double-pendulum": [
    [3, -3],
    [-3, 3],
  ],
} as const;

async function submit(
  kernel: keyof typeof REGIONS,
  side: number,
  change: Partial<typeof DEFAULT_WORKERS> = {},
) {
  const stages = new Stages();
  stages.workers = { ...DEFAULT_WORKERS, ...change };
  const axes = REGIONS[kernel].map(([from, to]) => ({ from, to, count: side }));
  const submission = await stages.split({ kernel, grid: { axes }, requestId: "j" });
  const messages = stages.chunks.sent.map(({ body }) => parseChunkMessage(body));
  const job = stages.store.json("jobs/j/job.json") as Job;
  return { submission, messages, job };
}

/** The share of the job's work in messages that satisfy the condition. */
function shareOf(
  { job, messages }: Awaited<ReturnType<typeof submit>>,
  isMeant: (message: ChunkMessage) => boolean,
) {
  const work = estimateWork(job.spec, builtIn(job.spec.kernel));
  const sum = (chunks: readonly number[]) => chunks.reduce((total, chunk) => total + work[chunk]!, 0);
  return sum(messages.filter(isMeant).flatMap(({ chunks }) => chunks)) / sum([...work.keys()]);
}

test.each([
  ["double-pendulum", 400, 3538, 2],
  ["double-pendulum", 1000, 10_240, 6],
  ["mandelbrot", 4000, 3538, 2],
  ["mandelbrot", 8000, 3538, 2],
  ["mandelbrot", 32_000, 3538, 2],
] as const)(
  "%s, %i points a side: nearly all work is in messages that fill the threads of %i MB",
  async (kernel, side, memoryMb, threads) => {
    const submitted = await submit(kernel, side, { memoryMb });
    expect(shareOf(submitted, ({ chunks }) => chunks.length >= threads)).toBeGreaterThan(0.9);
    // Dear ones start the threads at once; with cheap ones an environment has them from its third or so on.
    const pays = ({ estimatedMs = 0 }: ChunkMessage) => threadsPay({ estimatedMs, missedMs: 0 }, threads);
    if (kernel === "double-pendulum") expect(shareOf(submitted, pays)).toBeGreaterThan(0.9);
  },
);

test("a worker with one thread is told no estimate, and gets as many chunks as ever", async () => {
  const { messages } = await submit("double-pendulum", 400);
  expect(messages.length).toBe(64);
  expect(messages.some(({ estimatedMs }) => estimatedMs !== undefined)).toBe(false);
});

test("the longest message is expected to take as much longer as its worker is slower", async () => {
  const whole = await submit("double-pendulum", 400);
  const slow = await submit("double-pendulum", 400, { memoryMb: 128 });
  expect(slow.submission.longestMs / whole.submission.longestMs).toBeCloseTo(1769 / 128, 1);
});

test("slow workers, and those with little time, get less at a time", async () => {
  const packed = async (change: object) => (await submit("mandelbrot", 100_000, change)).messages.length;
  const ordinary = await packed({});
  expect(await packed({ timeoutSeconds: 900 })).toBe(ordinary);
  expect(await packed({ memoryMb: 128 })).toBeGreaterThan(1.5 * ordinary);
  expect(await packed({ timeoutSeconds: 5 })).toBeGreaterThan(1.5 * ordinary);
});
