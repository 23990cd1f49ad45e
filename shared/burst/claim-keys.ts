/** How many workers a job's splitter started beside the mapping's, so that splitters together keep to the cap. */
export const DRAINERS_PREFIX = "drainers/";
export const claimKey = ({ jobId, group }: Group) => `${DRAINERS_PREFIX}${jobId}/${group}.json`;
/** Says when the claim ends before its time. */
export const claimEndKey = ({ jobId, group }: Group) => `${DRAINERS_PREFIX}${jobId}/${group}.end.json`;

/** Drainers that were started together, and their successors. */
export interface Group {
  readonly jobId: string;
  /** A name that no other group has or had, so that nobody overwrites or removes another's claim. */
  readonly group: string;
}

/** Whose claim, or end of a claim, lies there. */
export function groupIn(key: string): Group | undefined {
  const [, jobId, group] = /^drainers\/([^/]+)\/([^/.]+)(?:\.end)?\.json$/.exec(key) ?? [];
  return jobId !== undefined && group !== undefined ? { jobId, group } : undefined;
}
