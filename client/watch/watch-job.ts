import { setTimeout as sleep } from "node:timers/promises";
import { sampleTile } from "../../shared/array/overview.ts";
import { isMap } from "../../shared/array/spec.ts";
import { bytesOf } from "../../shared/array/zarr-array.ts";
import { REPORT_VERSION } from "../../shared/messages/chunk-report.ts";
import { isEmpty, isIdle } from "../../shared/ports/queue.ts";
import { viewOfJob } from "../../shared/record/job-view.ts";
import { listSegments } from "../../shared/record/segments.ts";
import { listChunks, lookAtChunk, reportChunk } from "../../shared/record/stored-chunk.ts";
import type { FoundJob, FoundStatus } from "../jobs/job-store.ts";
import type { SharedQueues } from "../remote/remote.ts";
import type { LivePage } from "./live-page.ts";
import { ReportFeed, spread } from "./report-feed.ts";

const LOOK_MS = 1000;
/** A folder is read at no cost. */
const LOOK_HERE_MS = 300;
/** A look lists what was reported, so those of large jobs are further apart. */
const PAUSE_PER_LOOK = 3;
const CHUNKS_A_LOOK = 50;
/** How long a cancelled job is waited for that has no summary and does not change: its process may be gone. */
const SETTLED_MS = 20_000;
/** Further looks at a cancelled job while messages are in work: with each report its summary is written again. */
const LATE_LOOKS = 20;
const NOBODY = { requestId: "", logStream: "", coldStart: false, initMs: null };

/**
 * Shows a job of any place, until it has ended and all that was reported of it is read; resolves to how it stands then. Rejects with the
 * store's errors, and where the signal is aborted.
 */
export async function watchJob(
  { job, store, status: look }: FoundJob,
  page: Pick<LivePage, "hears" | "becomes">,
  signal: AbortSignal,
  settledMs = SETTLED_MS,
): Promise<FoundStatus> {
  const { jobId } = job;
  const { hears } = page;
  /** A tile that is too large is not in its report. */
  const drawn = new Set<number>();
  const feed = new ReportFeed(jobId, (report) => {
    for (const { chunk, tile } of report.chunks) if (tile !== null || isMap(job.spec)) drawn.add(chunk);
    hears.reported?.(report);
  });
  let settled = { chunks: -1, sinceMs: 0 };
  let lateLooks = 0;
  for (;;) {
    signal.throwIfAborted();
    const began = performance.now();
    const status = await look();
    const { chunks, queues, state, isUnattended = false } = status;
    page.becomes(state);
    hears.counted?.({ ...chunks, active: queues?.chunks.inFlight ?? 0, isUnattended });
    const ended = chunks.done + chunks.failed;
    if (ended !== settled.chunks) settled = { chunks: ended, sinceMs: began };
    const unread = await feed.read(store, await listSegments(store, jobId, chunks.total));
    const isHere = queues === undefined;
    const absent = isHere && unread === 0 ? await showStored() : 0;
    const isCancelled = state === "cancelled" && began - settled.sinceMs > settledMs;
    const isLate =
      state === "cancelled" && queues !== undefined && !isQuiet(queues) && lateLooks < LATE_LOOKS;
    if (status.summary && isLate) lateLooks++;
    const isOver = (status.summary && !isLate) || state === "unfinished" || isCancelled;
    if (isOver && unread === 0 && absent === 0) return status;
    const pauseMs = Math.max(isHere ? LOOK_HERE_MS : LOOK_MS, PAUSE_PER_LOOK * (performance.now() - began));
    // More is there to be read: a folder need not be spared.
    await sleep(isHere && unread + absent > 0 ? 0 : pauseMs, undefined, { signal });
  }

  /**
   * An engine of this machine reports its chunks a few dozen at a time, or at its end: what is stored before is read itself, and so are chunks
   * whose cells are not in their reports. Returns how many are left.
   */
  async function showStored(): Promise<number> {
    const isStored = await listChunks(store, job);
    const unknown = Array.from(isStored.keys()).filter((chunk) => isStored[chunk] && !drawn.has(chunk));
    const chosen = spread(unknown, CHUNKS_A_LOOK);
    for (const chunk of chosen) {
      drawn.add(chunk);
      const looked = await lookAtChunk(store, job, chunk);
      if (!("found" in looked) || !looked.found) continue;
      const [first, ...others] = isMap(job.spec)
        ? []
        : looked.found.values.map((cells) => {
            const tile = bytesOf(sampleTile(viewOfJob(job), viewOfJob(job).layout.chunk(chunk), cells));
            return Buffer.from(tile).toString("base64");
          });
      const report = reportChunk(job, chunk, looked.found, null);
      const withTiles = {
        ...report,
        ...(first !== undefined && { tile: first }),
        ...(report.others && {
          others: report.others.map((each, k) => ({ ...each, tile: others[k] ?? null })),
        }),
      };
      const message = { kind: "report", version: REPORT_VERSION, jobId, round: 0, worker: NOBODY } as const;
      hears.reported?.({ ...message, chunks: [withTiles], failures: [] });
    }
    return unknown.length - chosen.length;
  }
}

const isQuiet = ({ chunks, results }: SharedQueues) => isEmpty(chunks) && isIdle(results);
