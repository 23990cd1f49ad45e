import { MAX_CHUNKS } from "../../shared/array/job-limits.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { listSegments, readSegments } from "../../shared/record/segments.ts";

/** The most workers that were at a chunk at the same time, by their reports. */
export async function mostAtOnce(store: StoreReader, ...jobIds: readonly string[]): Promise<number> {
  const edges: (readonly [atMs: number, change: number])[] = [];
  for (const jobId of jobIds) {
    await readSegments(store, jobId, await listSegments(store, jobId, MAX_CHUNKS), {
      report: ({ chunks }) => {
        for (const { times } of chunks) {
          if (!times) continue;
          // The clock behind starts has whole milliseconds: one that ends may seem to overlap the next by one.
          edges.push([times.startedAtMs + 1, 1], [times.startedAtMs + times.durationMs, -1]);
        }
      },
      failure() {},
    });
  }
  let now = 0;
  let most = 0;
  for (const [, change] of edges.sort(([a, up], [b, down]) => a - b || up - down)) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
}
