import { expect, test } from "vitest";
import { grown, overviewShape, type PageData } from "../../../client/page/page-data.ts";
import { changeText, pageText } from "../../../client/page/page-text.ts";
import { readChange, readPage } from "../../../client/page/read-page.ts";
import { startedPage } from "../../../client/page/started-page.ts";
import { JobSoFar } from "../../../client/watch/job-so-far.ts";
import type { ReportMessage } from "../../../shared/messages/chunk-report.ts";
import { parseResultMessage } from "../../../shared/messages/chunk-report.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { chunkReportAt, JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

const job = { ...resolvedJob(JOB_OF_25_CHUNKS), submittedAtMs: 1000 };

/** All reports of the job, as its workers send them. */
async function reports(): Promise<ReportMessage[]> {
  const stages = new Stages();
  await stages.split(JOB_OF_25_CHUNKS);
  for (const body of stages.chunks.take()) await stages.work(body);
  return stages.results.take().flatMap((body) => {
    const message = parseResultMessage(body);
    return message.kind === "report" ? [message] : [];
  });
}

const holes = ({ values }: PageData) =>
  values[0]!.cells.reduce((sum, cell) => sum + Number(Number.isNaN(cell)), 0);

test("the page fills chunk by chunk, also through its texts, until no cell is missing", async () => {
  let page = readPage(pageText(startedPage(job, "local", 25)));
  expect(overviewShape(page)).toEqual([40, 50]);
  const soFar = new JobSoFar(job, 0);
  const missing = [holes(page)];
  for (const report of await reports()) {
    soFar.reported(report);
    page = grown(page, readChange(changeText(soFar.take(1)!)));
    missing.push(holes(page));
  }
  expect(missing).toEqual(Array.from({ length: 26 }, (_, k) => 2000 - 80 * k));
  expect(page.counts).toMatchObject({ total: 25, done: 25, failed: 0 });
  expect(page.bars).toHaveLength(25);
});

test("a chunk that is reported twice counts once, and nothing new is no change", () => {
  const soFar = new JobSoFar(job, 0);
  soFar.reported(chunkReportAt(3, "worker-1", 1500, 10));
  soFar.reported(chunkReportAt(3, "worker-2", 1600, 10));
  const change = soFar.take(1000)!;
  expect(change).toMatchObject({ lanes: ["worker-1"], counts: { done: 1 }, secondsLeft: 24 });
  expect(change.bars).toMatchObject([{ lane: 0, chunk: 3, startMs: 500, durationMs: 10 }]);
  expect(soFar.take(2000)).toBeUndefined();
});

test("a change is bounded whatever came in, and what waits comes next", () => {
  const axis = (count: number) => ({ from: 0, to: 1, count });
  const chunks = 100_000;
  const large = resolvedJob({ kernel: "mandelbrot", chunk: [2, 2], grid: { axes: [axis(500), axis(800)] } });
  const soFar = new JobSoFar({ ...large, submittedAtMs: 0 }, 0);
  const tile = Buffer.alloc(8).toString("base64");
  for (let chunk = 0; chunk < chunks; chunk++) {
    const report = chunkReportAt(chunk, `worker-${chunk % 8}`, chunk, 5);
    soFar.reported({ ...report, chunks: report.chunks.map((each) => ({ ...each, tile })) });
  }
  const change = soFar.take(1)!;
  expect(change.counts).toMatchObject({ done: chunks, workers: 8 });
  expect(change.tiles).toHaveLength(2000);
  expect(change.bars!.length).toBeLessThanOrEqual(1000);
  expect(changeText(change).length).toBeLessThan(500_000);
  expect(soFar.take(1)!.tiles).toHaveLength(2000);
});

test("failures are listed as they come, and final ones are counted apart", () => {
  const soFar = new JobSoFar(job, 0);
  const failure = {
    error: "<script>",
    attempt: 1,
    failedAtMs: 1250,
    requestId: "r",
    logStream: "w",
    disputed: false,
  };
  const failures = [
    { ...failure, chunk: 1, final: false },
    { ...failure, chunk: 2, final: true },
  ];
  soFar.reported({ ...chunkReportAt(0, "w", 1000, 1), chunks: [], failures });
  soFar.buried([4]);
  const { counts, failures: listed } = soFar.take(1)!;
  expect(counts).toMatchObject({ done: 0, failed: 2, failedAttempts: 1 });
  expect(listed).toMatchObject([
    { chunk: 1, isFinal: false, error: "<script>", atMs: 250 },
    { chunk: 2, isFinal: true },
  ]);
});

test("the time left leaves out how long a job waited for workers", () => {
  const soFar = new JobSoFar(job, 0);
  soFar.counted({ done: 0, failed: 0, active: 0, isUnattended: true });
  soFar.take(100_000);
  soFar.counted({ done: 5, failed: 0, active: 1 });
  expect(soFar.take(110_000)).toMatchObject({ state: "running", secondsLeft: 40 });
});

test("a chunk that failed in an earlier round is not failed while it is computed again", () => {
  const soFar = new JobSoFar(job, 0);
  const failure = { chunk: 3, attempt: 2, final: true, error: "Error: no", failedAtMs: 1500 };
  const report = chunkReportAt(4, "worker-1", 1500, 10);
  const failures = [{ ...failure, requestId: "r", logStream: "l" }] as ReportMessage["failures"];
  soFar.reported({ ...report, failures });
  expect(soFar.take(1)!.counts).toMatchObject({ done: 1, failed: 1 });
  soFar.counted({ done: 1, failed: 0, active: 1 });
  expect(soFar.take(2)!.counts).toMatchObject({ done: 1, failed: 0 });
});
