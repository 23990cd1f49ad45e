import { mountsOf, type Watch } from "../../client/engines/engine.ts";
import { engineNamed } from "../../client/engines/engines.ts";
import { prepareJobFolder } from "../../client/job-folder/folder.ts";
import { expectReplaceable, openJobFolder } from "../../client/job-folder/job-folder.ts";
import type { JobStore } from "../../client/jobs/job-store.ts";
import { kernelOfJob } from "../../client/kernels/kernel-of-job.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import { resumption } from "../../shared/messages/resumption.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { isIdle } from "../../shared/ports/queue.ts";
import { readNextRound } from "../../shared/record/control.ts";
import type { JobStatus } from "../../shared/record/job-status.ts";
import { readStanding } from "../../shared/record/standing.ts";
import { commandLine } from "../../shared/validation/command-line.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { workersOf } from "./run.ts";
import { runJob, type Verbosity } from "./run-job.ts";

export interface ResumeOptions extends Verbosity {
  readonly engine: string;
  readonly stack: string;
  readonly workers?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly kernel?: string;
}

/**
 * `manyhands resume` (and `retry`): computes the chunks that a job lacks, by its store alone: failed, unfinished and
 * corrupt ones. Returns the exit code that `run` would have.
 */
export async function resume(named: string, options: ResumeOptions): Promise<number> {
  const { stack } = options;
  const engine = engineNamed(options.engine);
  const workers = workersOf(engine, options.workers);
  const start = (jobId: string, round?: number, hash?: string) => async (watch: Watch) =>
    (await engine.load({ stack }))({
      ...watch,
      request: resumption(jobId, options.force, round, hash),
      workers,
    });
  if (engine.isRemote) {
    const { jobId, job, round, chunks } = await restingJob(await engine.jobs({ stack }), named, options);
    const prepared = prepareJobFolder(jobId, options.out, job);
    const before = { done: chunks.done, round };
    return runJob({ job, prepared, engine, stack, start: start(jobId), before }, options);
  }
  if (options.out !== undefined)
    throw new InvalidInputError("--out", "left out: a job goes on in its own folder", options.out);
  const { folder, job } = await openJobFolder(named);
  const { hash } = await kernelOfJob(job, options);
  expectReplaceable(folder);
  const { total } = layoutOf(job.spec);
  const store = new FileStore(mountsOf(job.jobId, folder));
  const { done, control } = await readStanding(store, job.jobId, total);
  // Before the folder is claimed: from then on it can be cancelled, and the splitter begins a second later.
  const nextRound = await readNextRound(store, job.jobId, control);
  const prepared = { folder, takeBack: () => {} };
  return runJob(
    {
      ...{ job, prepared, engine, stack, start: start(job.jobId, nextRound, hash) },
      before: { done, round: control.round },
    },
    options,
  );
}

/** Throws InvalidInputError where messages of the job may still be on their way: they would be computed twice. */
function restingJob(jobs: JobStore, named: string, { force }: ResumeOptions): Promise<JobStatus> {
  return jobs.withJob(named, async (found) => {
    const status = await found.status();
    const { jobId, state, queues } = status;
    const isRunning = (state === "running" || state === "submitting") && queues && !isIdle(queues.chunks);
    if (!isRunning || force) return status;
    throw new InvalidInputError(
      "job",
      "one that does not run any more",
      `${jobId}, which is ${state} while messages are in the queue`,
      `Follow it with \`${commandLine("attach", jobId, ...found.site.options)}\`, or say --force: then some chunks may be computed twice.`,
    );
  });
}
