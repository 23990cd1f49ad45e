import type { JobState, Summary } from "../../shared/record/summary.ts";

export const EXIT_CODES: Readonly<Record<JobState | "badInput" | "interrupted", number>> = {
  complete: 0,
  failed: 1,
  badInput: 2,
  incomplete: 3,
  cancelled: 3,
  interrupted: 130,
};

/** The exit code for a job that ended: lacking no more than its request allowed counts as complete. */
export function exitCodeOfJob({ state, tolerated }: Pick<Summary, "state" | "tolerated">): number {
  return tolerated ? EXIT_CODES.complete : EXIT_CODES[state];
}
