/** How much of a job is behind it. */
export interface Behind {
  /** Chunks that are stored or failed for good, and all. */
  readonly done: number;
  readonly total: number;
  /** Those of them that were there when the clock began. */
  readonly doneBefore: number;
  readonly elapsedMs: number;
  /** What was foreseen of the whole job, in seconds. */
  readonly planned: number | undefined;
}

/** By the rate so far; before the first chunk by the plan, where there is one. Undefined where neither says anything. */
export function secondsLeft({ done, total, doneBefore, elapsedMs, planned }: Behind): number | undefined {
  const since = done - doneBefore;
  if (since > 0) return ((elapsedMs / since) * (total - done)) / 1000;
  return planned === undefined ? undefined : Math.max(0, planned - elapsedMs / 1000);
}
