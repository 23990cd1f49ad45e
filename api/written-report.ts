/** `report.html` of a job, from when all of it is stored to when it has ended. */
import { availableParallelism } from "node:os";
import { type Engine, mountsOf, type RunResult } from "../client/engines/engine.ts";
import type { JobPlace } from "../client/jobs/job-store.ts";
import { unlessAborted } from "../client/remote/unless-aborted.ts";
import type { ReadJob } from "../client/report/write-report.ts";
import { describeError } from "../shared/validation/errors.ts";
import type { Listeners } from "./options.ts";

interface Told {
  readonly jobId: string;
  readonly folder: string;
  readonly engine: Pick<Engine, "name" | "isRemote" | "jobs">;
  readonly at: JobPlace;
  readonly command: string;
  /** Gives the report up, not the job. */
  readonly signal: AbortSignal;
}

export interface Report {
  /** Reads what is stored, where the engine has something else to wait for. */
  readonly onStored: () => void;
  /** A job without a report is as complete as any other: `onWarning` hears why there is none. */
  readonly write: (result: Pick<RunResult, "fetched" | "summary">) => Promise<void>;
}

export function reportOf(
  { jobId, folder, engine, at, command, signal }: Told,
  onWarning: Listeners["onWarning"],
): Report {
  const mounts = mountsOf(jobId, folder);
  let reading: Promise<ReadJob> | undefined;
  return {
    onStored: () => {
      reading = import("../client/report/write-report.ts").then(({ readJob }) => readJob(jobId, mounts));
      reading.catch(() => {}); // `write` hears of it
    },
    write: async ({ fetched, summary }) => {
      try {
        const { readJob, writeReport } = await import("../client/report/write-report.ts");
        const cores = engine.isRemote ? undefined : availableParallelism();
        const told = { mounts, summary, engine: engine.name, command, cores };
        // The reports of a large job stay where they are.
        const read = async (): Promise<ReadJob> =>
          fetched === "pictures"
            ? (await engine.jobs(at)).withJob(jobId, ({ store }) => readJob(jobId, mounts, store))
            : (reading ?? readJob(jobId, mounts));
        await writeReport({ ...told, ...(await unlessAborted(signal, read)) });
      } catch (error) {
        onWarning?.(`There is no report.html: ${describeError(error)}`);
      }
    },
  };
}
