/**
 * The number of workers that a job's splitter started beside the mapping's, so that splitters together keep to the cap.
 */
export const DRAINERS_PREFIX = "drainers/";
export const claimKey = ({ jobId, group }: Group) => `${DRAINERS_PREFIX}${jobId}/${group}.json`;
/** Says when the claim ends before its time. */
export const claimEndKey = ({ jobId, group }: Group) => `${DRAINERS_PREFIX}${jobId}/${group}.end.json`;

/** Drainers that were started together, and their successors. */
export interface Group {
  readonly jobId: string;
  /** A unique name of a group for all time, so that no splitter overwrites or removes another's claim. */
  readonly group: string;
}

/** The group of a claim, or of the end of a claim, at that key. */
export function groupIn(key: string): Group | undefined {
  const [, jobId, group] = /^drainers\/([^/]+)\/([^/.]+)(?:\.end)?\.json$/.exec(key) ?? [];
  return jobId !== undefined && group !== undefined ? { jobId, group } : undefined;
}
