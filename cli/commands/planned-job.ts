/** A job that `plan` has seen: what it told goes with the job, and what happened goes into the user's predictions. */
import type { Outcome } from "../../api/compute.ts";
import type { Commanded } from "../../api/run-array.ts";
import { wholeSeconds } from "../terminal/text.ts";

/** What `plan` told of the job on this engine, for its summary. */
export const plannedFor: NonNullable<Commanded["plannedFor"]> = async (job, engine) => {
  const { isPlanned, toldOf } = await import("../../client/predictions/own-predictions.ts");
  if (!isPlanned()) return undefined; // most runs: their key need not be made
  const { jobKey } = await import("../../client/predictions/job-key.ts");
  return toldOf(jobKey(job), engine);
};

/** Compares the run with its plan, where there is one: the next plans are corrected. */
export async function remember({ job, engine, summary, phasesMs }: Outcome): Promise<void> {
  if (summary.state !== "complete" || summary.round > 0) return;
  const { isPlanned, rememberRun } = await import("../../client/predictions/own-predictions.ts");
  if (!isPlanned()) return;
  const { jobKey } = await import("../../client/predictions/job-key.ts");
  const actual = {
    isMap: summary.items !== undefined,
    seconds: wholeSeconds(phasesMs),
    usd: summary.cost?.usd ?? 0,
    // A task's items wait more than they compute.
    compute: (summary.items ? summary.busyMs : summary.computeMs) / 1000,
  };
  rememberRun(jobKey(job), engine, actual);
}
