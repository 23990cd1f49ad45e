import type { Job } from "../../shared/job.ts";
import { Folder } from "../../shared/stores/folder.ts";
import { gridOf } from "../../shared/stores/zarr-array.ts";
import { InterruptedError, mountsOf, type RunResult, type Watch } from "../engines/engine.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { PreparedFolder } from "../folder.ts";
import { listenForInterruption } from "../interruption.ts";
import { drawProgress, Progress } from "../progress.ts";
import { referenceSum } from "../references.ts";
import { asJson, asText, placeOf } from "../report.ts";

export interface RunJob {
  /** Submitted before, or about to be. */
  readonly job: Pick<Job, "jobId" | "spec"> & { readonly submittedAtMs?: number };
  readonly prepared: PreparedFolder;
  readonly engine: string;
  /** Runs the job there, or goes on with it. */
  readonly start: (watch: Watch) => Promise<RunResult>;
}

export interface Verbosity {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Runs the job with progress and Ctrl-C, and prints how it ended. Returns the exit code. */
export async function runJob(
  { job, prepared, engine, start }: RunJob,
  { json, quiet }: Verbosity,
): Promise<number> {
  const { folder } = prepared;
  const { total, rows, columns } = gridOf(job.spec);
  const beganMsAgo = job.submittedAtMs === undefined ? 0 : Date.now() - job.submittedAtMs;
  const progress = new Progress(total, rows * columns, Math.max(beganMsAgo, 0));
  const interruption = listenForInterruption();
  const clearProgress = quiet || json ? () => {} : drawProgress(progress);
  try {
    const result = await start({ jobId: job.jobId, folder, progress, signal: interruption.signal });
    clearProgress();
    const outcome = {
      ...result,
      engine,
      folder,
      reference: referenceSum(job.spec),
      rejected: new Folder(mountsOf(job.jobId, folder)).list("rejected/").length,
    };
    if (json) process.stdout.write(`${JSON.stringify(asJson(outcome))}\n`);
    else if (!quiet) process.stdout.write(asText(outcome));
    return EXIT_CODES[result.summary.state];
  } catch (error) {
    clearProgress();
    prepared.takeBack();
    // What Ctrl-C reaches besides us, esbuild say, fails in its own way.
    if (!(error instanceof InterruptedError || interruption.signal.aborted)) throw error;
    const said = error instanceof InterruptedError && error.message;
    const { done, chunks } = progress;
    process.stderr.write(
      `${said || `Interrupted: ${done} of ${chunks} chunks are stored in ${placeOf(folder)}.`}\n`,
    );
    return EXIT_CODES.interrupted;
  } finally {
    interruption.over();
  }
}
