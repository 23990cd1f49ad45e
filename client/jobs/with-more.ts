import type { Summary } from "../../shared/record/summary.ts";

/** What the command that goes on with a job needs besides, where the job may cost no more: a clause that follows it. */
export const withMore = (summary: Pick<Summary, "cancelledFor"> | undefined) =>
  summary?.cancelledFor === "budget" ? " with --max-usd and more than before" : "";
