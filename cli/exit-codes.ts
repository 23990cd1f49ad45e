import type { JobState } from "../shared/summary.ts";

export const EXIT_CODES: Readonly<Record<JobState | "badInput" | "interrupted", number>> = {
  complete: 0,
  failed: 1,
  badInput: 2,
  incomplete: 3,
  cancelled: 3,
  interrupted: 130,
};
