import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { InvalidInputError } from "../../shared/errors.ts";
import { JobIdSchema, type JobRequest, resolveJob } from "../../shared/job.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { parse, show } from "../../shared/parse.ts";
import { Folder } from "../../shared/stores/folder.ts";
import { gridOf } from "../../shared/stores/zarr-array.ts";
import type { JobState } from "../../shared/summary.ts";
import { InterruptedError, mountsOf } from "../engines/engine.ts";
import { engineNamed } from "../engines/engines.ts";
import { prepareFolder } from "../folder.ts";
import { drawProgress, Progress } from "../progress.ts";
import { referenceSum } from "../references.ts";
import { asJson, asText, placeOf } from "../report.ts";
import { type RequestOptions, requestOf, wholeNumber } from "../request.ts";

export interface RunOptions extends RequestOptions {
  readonly engine: string;
  readonly workers?: string;
  readonly out?: string;
  readonly jobId?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const MAX_WORKERS = 64;
export const EXIT_CODES: Readonly<Record<JobState | "badInput" | "interrupted", number>> = {
  complete: 0,
  failed: 1,
  badInput: 2,
  incomplete: 3,
  cancelled: 3,
  interrupted: 130,
};

/** `manyhands run`: everything is checked before anything starts. Returns the exit code. */
export async function run(kernelName: string | undefined, options: RunOptions): Promise<number> {
  const engine = engineNamed(options.engine);
  const workers =
    options.workers === undefined
      ? availableParallelism()
      : wholeNumber(options.workers, "--workers", MAX_WORKERS);
  if (options.engine === "serial" && options.workers !== undefined && workers !== 1) {
    throw new InvalidInputError("--workers", "1 on engine serial", show(workers));
  }
  const named = options.jobId !== undefined && { requestId: parse(JobIdSchema, options.jobId, "--job-id") };
  const asked = { ...requestOf(kernelName, options), ...named };
  const job = resolveJob(asked, newJobId(asked), KERNELS);
  const folder = options.out ?? join("results", job.jobId);
  prepareFolder(folder, options.out === undefined ? `the folder of job ${job.jobId}` : "--out");

  const { total, rows, columns } = gridOf(job.spec);
  const progress = new Progress(total, rows * columns);
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const clearProgress = options.quiet || options.json ? () => {} : drawProgress(progress);
  try {
    const load = await engine();
    const { summary, phasesMs } = await load({
      jobId: job.jobId,
      request: asked,
      folder,
      workers,
      progress,
      signal: interruption.signal,
    });
    clearProgress();
    const outcome = {
      summary,
      phasesMs,
      engine: options.engine,
      folder,
      reference: referenceSum(job.spec),
      rejected: new Folder(mountsOf(job.jobId, folder)).list("rejected/").length,
    };
    if (options.json) process.stdout.write(`${JSON.stringify(asJson(outcome))}\n`);
    else if (!options.quiet) process.stdout.write(asText(outcome));
    return EXIT_CODES[summary.state];
  } catch (error) {
    clearProgress();
    // What Ctrl-C reaches besides us, esbuild say, fails in its own way.
    if (!(error instanceof InterruptedError || interruption.signal.aborted)) throw error;
    process.stderr.write(
      `Interrupted: ${progress.done} of ${progress.chunks} chunks are stored in ${placeOf(folder)}.\n`,
    );
    return EXIT_CODES.interrupted;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/** The kernel's name, the time to the second, and four letters against runs within it. */
function newJobId({ kernel }: JobRequest): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const name =
    String(kernel)
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, "")
      .slice(0, 40) || "job";
  return `${name}-${time}-${randomBytes(2).toString("hex")}`;
}
