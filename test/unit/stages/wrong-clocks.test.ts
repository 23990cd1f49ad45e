import { expect, test } from "vitest";
import { afterSubmission } from "../../../functions/aggregator/clocks.ts";
import { work } from "../../../functions/worker/work.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import type { Clock } from "../../../shared/ports/clock.ts";
import type { Summary } from "../../../shared/record/summary.ts";
import { JOB_OF_25_CHUNKS as request, Stages } from "../../helpers/stages.ts";

const HOUR_MS = 3_600_000;

/** A job of 25 chunks whose only worker's clock is off by `byMs(n)` at its n-th chunk. */
async function runWith(byMs: (chunk: number) => number): Promise<Summary> {
  const stages = new Stages();
  await stages.split(request);
  let summary: Summary | undefined;
  for (const [n, body] of stages.chunks.take().entries()) {
    const clock: Clock = { ...stages.clock, epochMs: () => stages.clock.epochMs() + byMs(n) };
    const worker = { requestId: `r${n}`, logStream: "worker-1", coldStart: false, initMs: null };
    await work(parseChunkMessage(body), { worker, receiveCount: 1 }, { ...stages.ports, clock });
    for (const report of stages.results.take())
      summary = (await stages.aggregate(report))?.summary ?? summary;
  }
  return summary!;
}

test.each([
  ["ahead from the first chunk on", () => HOUR_MS, 25],
  ["set an hour forward during the job", (n: number) => (n < 10 ? 0 : HOUR_MS), 15],
  ["set an hour forward before the last chunk", (n: number) => (n < 24 ? 0 : HOUR_MS), 1],
  ["behind from the first chunk on", () => -HOUR_MS, 25],
  ["set an hour back during the job", (n: number) => (n < 10 ? 0 : -HOUR_MS), 15],
  ["set forward and back", (n: number) => (n % 2 === 0 ? HOUR_MS : -HOUR_MS), 25],
])(
  "with a worker's clock %s the makespan is not twice what it was, and the summary says so",
  async (_, byMs, moved) => {
    const right = await runWith(() => 0);
    const wrong = await runWith(byMs);
    expect(right.clampedStarts).toBe(0);
    expect(wrong).toMatchObject({ state: "complete", clampedStarts: moved, workers: 1 });
    expect(wrong.makespanMs).toBeLessThan(2 * right.makespanMs);
    expect(wrong.makespanMs).toBeGreaterThan(wrong.computeMs);
    expect(wrong.busyMs).toBeLessThanOrEqual(wrong.makespanMs);
  },
);

test("clocks that differ by less than a second, as those of machines do, change nothing and are not told of", async () => {
  expect(await runWith(() => 300)).toMatchObject({
    clampedStarts: 0,
    busyMs: (await runWith(() => 0)).busyMs,
  });
});

test("a chunk that was under way at submission began then, others of a clock that is behind follow the slot's own", () => {
  const startedAtMs = Float64Array.of(995, 1010, 900, 880, 900, Number.NaN);
  const times = {
    startedAtMs,
    durationMs: Float64Array.of(10, 10, 10, 10, 10, 1),
    slot: Int32Array.of(0, 0, 0, 0, 1, -1),
  };
  expect(afterSubmission(1000, times)).toEqual([0, 2, 3, 4]);
  expect([...startedAtMs]).toEqual([1000, 1010, 1040, 1020, 1000, Number.NaN]);
});

test("a failure in the future by the aggregator's clock happened when it was told", async () => {
  const stages = new Stages();
  await stages.split({ ...request, chunk: [40, 50] });
  const [body = ""] = stages.chunks.take();
  const failing = { ...parseChunkMessage(body), kernel: "0123456789abcdef" }; // which no stage has
  const clock: Clock = { ...stages.clock, epochMs: () => stages.clock.epochMs() + HOUR_MS };
  const worker = { requestId: "r", logStream: "worker-1", coldStart: false, initMs: null };
  await work(failing, { worker, receiveCount: 1 }, { ...stages.ports, clock });
  const ended = await stages.aggregate(stages.results.take()[0] ?? "");
  expect(ended?.summary.state).toBe("failed");
  expect(ended?.summary.makespanMs).toBeLessThan(1000);
});
