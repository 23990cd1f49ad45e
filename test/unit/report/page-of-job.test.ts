import { expect, test } from "vitest";
import { overviewShape, type PageData } from "../../../client/page/page-data.ts";
import { pageBytes } from "../../../client/page/page-text.ts";
import { readPageBytes } from "../../../client/page/read-page.ts";
import { pageOfJob } from "../../../client/report/page-of-job.ts";
import { readReported } from "../../../client/report/reported.ts";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { cancelJob } from "../../../shared/record/control.ts";
import type { StoredJob } from "../../../shared/record/job.ts";
import { writePeaks } from "../../../shared/record/memory.ts";
import type { Summary } from "../../../shared/record/summary.ts";
import { fillMandelbrot, likeMandelbrot, testKernel } from "../../helpers/kernels.ts";
import { JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

const poisoned = likeMandelbrot("poisoned", (window, out) => {
  if (window.x[0] === -2.1 && window.y[0] === 1.3) throw new Error("poison");
  fillMandelbrot(window, out);
});

/** The page of the job `j` as its browser reads it. */
async function pageOf({ store }: Stages, change: Partial<Summary> = {}): Promise<PageData> {
  const job = store.json("jobs/j/job.json") as StoredJob;
  const summary = { ...(store.json("jobs/j/summary.json") as Summary), ...change };
  const reported = await readReported(job, store, { isHere: true });
  const told = { here: store, engine: "local", command: "manyhands run" };
  const page = await pageOfJob({ job, summary, reported, ...told });
  return readPageBytes(new Uint8Array(pageBytes(page)));
}

const holes = ({ values }: PageData) => values[0]!.cells.filter(Number.isNaN).length;

test("it has all cells, coordinates, bars and figures of a complete job", async () => {
  const stages = new Stages();
  await stages.split(JOB_OF_25_CHUNKS);
  await stages.runToEnd();
  await writePeaks(stages.store, "j", { worker: { mb: 91, processes: 2 } });
  const page = await pageOf(stages);
  const summary = stages.store.json("jobs/j/summary.json") as Summary;
  expect(overviewShape(page)).toEqual([40, 50]);
  expect(page.values[0]!.cells.reduce((sum, cell) => sum + cell, 0)).toBe(summary.sum);
  expect(page.axes.map(({ coordinates }) => coordinates[0])).toEqual([1.3, -2.1]);
  expect(page.bars.map(({ chunk }) => chunk)).toEqual(Array.from({ length: 25 }, (_, chunk) => chunk));
  expect(Object.values(page.costs).reduce((sum, chunks) => sum + chunks, 0)).toBe(25);
  expect(page).toMatchObject({ state: "complete", engine: "local", command: "manyhands run" });
  expect(page.summary).toMatchObject({ elements: 2000, statistics: [{ sum: summary.sum, nonFinite: 0 }] });
  expect(page.memory).toMatchObject([
    { stage: "splitter", predictedMb: expect.any(Number) },
    { stage: "worker", measuredMb: 91 },
    { stage: "aggregator" },
  ]);
});

test("a chunk that failed is a hole, and its attempts are listed with their errors", async () => {
  const stages = new Stages([poisoned]);
  await stages.split({ ...JOB_OF_25_CHUNKS, kernel: "poisoned" });
  await stages.workOff();
  const page = await pageOf(stages);
  expect(page.state).toBe("incomplete");
  expect(holes(page)).toBe(80);
  expect(page.counts).toMatchObject({ total: 25, done: 24, failed: 1 });
  expect(page.failures.length).toBeGreaterThan(0);
  expect(page.failures.every(({ chunk, error }) => chunk === 0 && error.includes("poison"))).toBe(true);
});

test("an item that gave no value is a failure of its shard, which is stored", async () => {
  const stages = new Stages();
  await stages.split({ ...JOB_OF_25_CHUNKS, chunk: [8, 50] });
  await stages.runToEnd();
  const items = { total: 40, given: 39, failed: 1, failures: [{ index: 17, error: "TypeError: none" }] };
  const page = await pageOf(stages, { items });
  expect(page.failures).toMatchObject([{ chunk: 2, isFinal: true, error: "item 17: TypeError: none" }]);
  expect(page.summary).toMatchObject({ failedItems: 1 });
});

test("a cancelled job has what was stored before", async () => {
  const stages = new Stages();
  await stages.split(JOB_OF_25_CHUNKS);
  const bodies = stages.chunks.take();
  for (const body of bodies.slice(0, 3)) await stages.work(body);
  await cancelJob(stages.store, "j", 0);
  for (const body of bodies.slice(3)) await stages.work(body);
  for (const body of stages.results.take()) await stages.aggregate(body);
  const page = await pageOf(stages);
  expect(page.state).toBe("cancelled");
  expect(holes(page)).toBe(2000 - 3 * 80);
});

const sums = (shape: readonly number[]) =>
  testKernel(
    kernel({
      name: "sums",
      inputs: Object.fromEntries(shape.map((_, k) => ["abcdef"[k]!, { from: 0, to: 1, unit: "m" }])),
      value: { name: "sum" },
      point: (given: Record<string, number>) => Object.values(given).reduce((all, one) => all + one, 0),
    }),
  );

test.each([
  [[30], [1, 30], 3, 0.1, []],
  [[4, 6, 2, 2, 3, 2], [4, 6], 0, 0.5 + 0.5 + 1 / 3 + 0.5, [[0.5], [0.5], [1 / 3], [0.5]]],
])(
  "axes %j are shown as %j cells, the others where they are cut",
  async (points, shown, cell, value, cuts) => {
    const stages = new Stages([sums(points)]);
    await stages.split({ kernel: "sums", points, requestId: "j", output: { plots: false } });
    await stages.runToEnd();
    const page = await pageOf(stages);
    expect(overviewShape(page)).toEqual(shown);
    expect(page.values[0]!.cells[cell]).toBeCloseTo(value, 6);
    expect(page.axes.slice(2).map(({ coordinates }) => coordinates)).toEqual(cuts);
    const at = cuts.map(([point], k) => ` --at ${"cdef"[k]}=${point}`).join("");
    expect(page.more).toMatchObject({ plot: `manyhands plot j${at}` });
  },
);
