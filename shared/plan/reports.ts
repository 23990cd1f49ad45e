/** How many reports the workers send: tiles are most of what they carry. */
import { MAX_CHUNKS_PER_MESSAGE } from "../array/job-limits.ts";
import { tileOf, type View } from "../array/overview.ts";
import { cellBytes } from "../array/spec.ts";
import { REPORT_MAX_BYTES } from "../messages/chunk-report.ts";
import type { Job } from "../record/job.ts";
import { viewOfJob } from "../record/job-view.ts";
import { TILE_MAX_BYTES } from "../record/stored-chunk.ts";

export interface Reports {
  readonly reports: number;
  /** Chunks whose tile is too large for a report, which the aggregator reads for the pictures. */
  readonly withoutTile: number;
}

/** About what a report has beside its chunks, and a chunk's own part beside its tile: numbers of 17 digits. */
const REPORT_BYTES = 250;
const CHUNK_BYTES = 250;

/** For messages that ask for these chunks of an array. */
export function reportsOf(
  job: Pick<Job, "spec" | "output">,
  messages: Iterable<readonly number[]>,
  count: number,
): Reports {
  const view = viewOfJob(job);
  const elementBytes = cellBytes(job.spec);
  // Nearly all arrays have so small tiles that the largest message fits.
  const most = CHUNK_BYTES + inBase64(elementBytes * mostTileElements(view));
  if (REPORT_BYTES + MAX_CHUNKS_PER_MESSAGE * most <= REPORT_MAX_BYTES)
    return { reports: count, withoutTile: 0 };

  let reports = 0;
  let withoutTile = 0;
  for (const chunks of messages) {
    let bytes = 0;
    for (const chunk of chunks) {
      const tileBytes = elementBytes * tileOf(view, view.layout.chunk(chunk)).elements;
      if (tileBytes > TILE_MAX_BYTES) withoutTile++;
      const size = CHUNK_BYTES + (tileBytes > TILE_MAX_BYTES ? 0 : inBase64(tileBytes));
      const isFirst = bytes === 0;
      if (isFirst || bytes + size > REPORT_MAX_BYTES) {
        reports++;
        bytes = REPORT_BYTES;
      }
      bytes += size;
    }
  }
  return { reports, withoutTile };
}

/** Along each axis a chunk has at most one cell more than its share of the overview. */
function mostTileElements({ cells, layout }: View): number {
  return cells.reduce(
    (elements, length, axis) =>
      elements * (Math.floor((layout.chunkShape[axis]! * length) / layout.shape[axis]!) + 1),
    1,
  );
}

const inBase64 = (bytes: number) => 4 * Math.ceil(bytes / 3);
