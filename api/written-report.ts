/** `report.html` of a job that has just ended. */
import { type Engine, mountsOf, type RunResult } from "../client/engines/engine.ts";
import type { JobPlace } from "../client/jobs/job-store.ts";
import { describeError } from "../shared/validation/errors.ts";
import type { Listeners } from "./options.ts";

interface Ended {
  readonly jobId: string;
  readonly folder: string;
  readonly engine: Engine;
  readonly at: JobPlace;
  readonly command: string;
}

/** A job without it is as complete as any other: `onWarning` hears why there is none. */
export async function writtenReport(
  { jobId, folder, engine, at, command }: Ended,
  { fetched, summary }: RunResult,
  onWarning: Listeners["onWarning"],
): Promise<void> {
  try {
    const { writeReport } = await import("../client/report/write-report.ts");
    const told = { jobId, mounts: mountsOf(jobId, folder), summary, engine: engine.name, command };
    // The reports of a large job stay where they are.
    if (fetched === "pictures")
      await (await engine.jobs(at)).withJob(jobId, ({ store }) => writeReport({ ...told, store }));
    else await writeReport(told);
  } catch (error) {
    onWarning?.(`There is no report.html: ${describeError(error)}`);
  }
}
