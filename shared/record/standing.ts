/** A job's progress, from the keys in its store alone: a few listings and no body, whatever the number of chunks. */

import type { StoreReader } from "../ports/store.ts";
import { type Control, readControl } from "./control.ts";
import { countOf, listSegments, type Segments } from "./segments.ts";

export interface Standing {
  readonly control: Control;
  readonly segments: Segments;
  /**
   * The numbers of chunks that are stored and that failed, by keys: never too low, but duplicates may make them too
   * high.
   */
  readonly done: number;
  readonly failed: number;
  /**
   * The number of chunks that this round's keys account for, and the least that it must reach. Only the bodies tell
   * surely.
   */
  readonly covered: number;
  readonly needed: number;
  /** True if all chunks may be accounted for. */
  readonly seemsCovered: boolean;
}

/** `total` is the number of chunks of the whole job; `known` is its control, where that was just read. */
export async function readStanding(
  store: Pick<StoreReader, "list">,
  jobId: string,
  total: number,
  known?: Control,
): Promise<Standing> {
  const [control, segments] = await Promise.all([
    known ?? readControl(store, jobId),
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
