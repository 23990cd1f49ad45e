/** How far a job is, from the keys in its store alone: whatever the number of chunks, a few listings and no body. */

import type { StoreReader } from "../ports/store.ts";
import { type Control, readControl } from "./control.ts";
import { countOf, listSegments, type Segments } from "./segments.ts";

export interface Standing {
  readonly control: Control;
  readonly segments: Segments;
  /** Chunks that are stored or failed, as far as keys tell: never too few, but duplicates make them too many. */
  readonly done: number;
  readonly failed: number;
  /** What this round's keys account for, and how much that must be at the least. Only the bodies tell surely. */
  readonly covered: number;
  readonly needed: number;
  /** True where what is accounted for may be all. */
  readonly seemsCovered: boolean;
}

/** `total` is the number of chunks of the whole job. */
export async function readStanding(
  store: Pick<StoreReader, "list">,
  jobId: string,
  total: number,
): Promise<Standing> {
  const [control, segments] = await Promise.all([
    readControl(store, jobId),
    listSegments(store, jobId, total),
  ]);
  const { round, missing = total } = control;
  const reported = countOf(segments.reports, round);
  const failed = countOf(segments.failures, round);
  return {
    control,
    segments,
    done: total - missing + Math.min(reported, missing),
    failed,
    covered: reported + failed,
    needed: missing,
    seemsCovered: reported + failed >= missing,
  };
}
