import type { ChunkMessage } from "../../shared/chunk-message.ts";
import { type CheckMessage, checkMessage, type ReportMessage } from "../../shared/chunk-report.ts";
import type { Clock } from "../../shared/clock.ts";
import { MissingObjectError } from "../../shared/errors.ts";
import { findKernel, type StoredJob, StoredJobSchema } from "../../shared/job.ts";
import type { Registry } from "../../shared/kernels/kernel.ts";
import { jobKeys } from "../../shared/keys.ts";
import { sampleTile } from "../../shared/overview.ts";
import type { Queue } from "../../shared/queues/queue.ts";
import { findChunk } from "../../shared/stored-chunk.ts";
import { getParsed, putJson, type Store } from "../../shared/stores/store.ts";
import { gridOf, windowOf } from "../../shared/stores/zarr-array.ts";
import { type Summary, SummarySchema } from "../../shared/summary.ts";
import { Ledger } from "./ledger.ts";
import { listSegments, readSegments, type Segments, writeSegments } from "./segments.ts";
import { settle } from "./settle.ts";
import { SILENT_DEATH, summarize } from "./summarize.ts";

export interface AggregatePorts {
  readonly store: Store;
  readonly results: Queue;
  readonly clock: Clock;
  readonly kernels: Registry;
  readonly checkAfterSeconds: number;
}

/** A job that just ended, and what its pictures took to draw and store (ms). */
export interface Finished {
  readonly summary: Summary;
  readonly plotsMs: number;
}

/** The last check decides: with doubling delays that is about an hour and a half after submission. */
export const CHECK_TURNS = 11;
const LONGEST_DELAY_SECONDS = 900;
const LOST = "Neither a report nor an object of this chunk ever arrived";

/** Keeps reports of one job, and finishes the job if they make it complete. */
export async function aggregate(
  jobId: string,
  reports: readonly ReportMessage[],
  ports: AggregatePorts,
): Promise<Finished | undefined> {
  const [job] = await Promise.all([readJob(jobId, ports.store), writeSegments(ports.store, jobId, reports)]);
  return finishIfCovered(job, ports);
}

/** A message that used up its attempts: each of its chunks is stored after all, or has failed. */
export async function buryDeadLetter(
  message: ChunkMessage,
  ports: AggregatePorts,
): Promise<Finished | undefined> {
  const job = await readJob(message.jobId, ports.store);
  const { total } = gridOf(job.spec);
  const chunks = message.chunks.filter((chunk) => chunk < total);
  await settle(job, chunks, SILENT_DEATH, ports);
  return finishIfCovered(job, ports);
}

/**
 * Woken for a job whose reports may have stopped coming: finishes it, or asks to be woken again, or, the last
 * time, settles every chunk that nothing was heard of.
 */
export async function check(
  { jobId, turn }: CheckMessage,
  ports: AggregatePorts,
): Promise<Finished | undefined> {
  const job = await readJob(jobId, ports.store);
  const finished = await finishIfCovered(job, ports);
  if (finished || (await isComplete(jobId, ports.store))) return finished;
  if (turn + 1 < CHECK_TURNS) {
    const delaySeconds = Math.min(ports.checkAfterSeconds * 2 ** (turn + 1), LONGEST_DELAY_SECONDS);
    await ports.results.send([checkMessage(jobId, turn + 1)], { delaySeconds });
    return undefined;
  }
  const ledger = await readLedger(job, ports.store);
  await settle(job, [...ledger.uncovered()], LOST, ports);
  return finishIfCovered(job, ports);
}

/**
 * Draws the pictures, exports the array if asked to, and writes the summary last: where it lies, all the rest
 * does. Everything comes from the store, so finishing again writes the same bytes.
 */
export async function finish(
  job: StoredJob,
  ledger: Ledger,
  ports: Pick<AggregatePorts, "store" | "clock" | "kernels">,
): Promise<Finished> {
  const { store, clock } = ports;
  const keys = jobKeys(job.jobId);
  const summary = summarize(job, ledger);
  const started = clock.monotonicMs();
  if (job.output.plots) {
    for (const chunk of ledger.withoutTile) {
      const found = await findChunk(store, job, chunk);
      if (found) ledger.paint(chunk, sampleTile(ledger.grid, windowOf(job.spec, chunk), found.values));
    }
    const { drawPictures } = await import("./pictures.ts");
    const kernel = findKernel(job.spec.kernel, ports.kernels);
    for (const [name, png] of drawPictures(job, kernel, summary, ledger))
      await store.put(keys.picture(name), png);
  }
  const plotsMs = clock.monotonicMs() - started;
  if (job.output.npy) {
    const { npyParts } = await import("./npy.ts");
    await store.putStream(keys.npy, npyParts(store, job));
  }
  await putJson(store, keys.summary, summary);
  return { summary, plotsMs };
}

/** The job as the splitter stored it. Throws MissingObjectError where it is not there. */
export async function readJob(jobId: string, store: Store): Promise<StoredJob> {
  const key = jobKeys(jobId).job;
  const job = await getParsed(store, key, StoredJobSchema);
  if (!job) throw new MissingObjectError(key);
  return job;
}

/** All that was reported of the job so far, or as far as those segments say. */
export async function readLedger(job: StoredJob, store: Store, segments?: Segments): Promise<Ledger> {
  const ledger = new Ledger(gridOf(job.spec), job.spec.dtype);
  await readSegments(store, segments ?? (await listSegments(store, job.jobId)), {
    report: (report) => ledger.addReport(report),
    failure: (failure) => ledger.addFailure(failure),
  });
  return ledger;
}

async function isComplete(jobId: string, store: Store): Promise<boolean> {
  return (await getParsed(store, jobKeys(jobId).summary, SummarySchema))?.state === "complete";
}

/** Counting keys is cheap and never says "too few" wrongly; only when it says "enough" are the bodies read. */
async function finishIfCovered(job: StoredJob, ports: AggregatePorts): Promise<Finished | undefined> {
  const { store } = ports;
  let finished: Finished | undefined;
  for (let seen = 0; ; ) {
    const segments = await listSegments(store, job.jobId);
    const covered = segments.reported + segments.failed;
    if (covered <= seen || covered < gridOf(job.spec).total) return finished;
    if (await isComplete(job.jobId, store)) return finished;
    const ledger = await readLedger(job, store, segments);
    if (!ledger.uncovered().next().done) return finished;
    finished = await finish(job, ledger, ports);
    if (finished.summary.state === "complete") return finished;
    // While this drew, another may have finished with more, and this has just overwritten it: look again.
    seen = covered;
  }
}
