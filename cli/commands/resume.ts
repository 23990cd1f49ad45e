import { layoutOf } from "../../shared/array/layout.ts";
import { resumption } from "../../shared/messages/resumption.ts";
import { expectSameMaker } from "../../shared/plan/made-by.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { isIdle } from "../../shared/ports/queue.ts";
import { readNextRound } from "../../shared/record/control.ts";
import { readStanding } from "../../shared/record/standing.ts";
import { commandLine, stackOption } from "../../shared/validation/command-line.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { withCloud } from "../cloud/cloud.ts";
import { type JobStatus, readStatus } from "../cloud/job-status.ts";
import { readRemoteJob, sharedQueues } from "../cloud/remote-job.ts";
import { mountsOf, type Watch } from "../engines/engine.ts";
import { engineNamed } from "../engines/engines.ts";
import { prepareJobFolder } from "../job-folder/folder.ts";
import { expectReplaceable, openJobFolder } from "../job-folder/job-folder.ts";
import { jobIdOf } from "../request/new-job.ts";
import { workersOf } from "./run.ts";
import { runJob, type Verbosity } from "./run-job.ts";

export interface ResumeOptions extends Verbosity {
  readonly engine: string;
  readonly stack: string;
  readonly workers?: string;
  readonly out?: string;
  readonly force?: boolean;
}

/**
 * `manyhands resume` (and `retry`): computes the chunks that a job lacks, by its store alone: failed, unfinished and
 * corrupt ones. Returns the exit code that `run` would have.
 */
export async function resume(named: string, options: ResumeOptions): Promise<number> {
  const { engine: name, stack } = options;
  const engine = engineNamed(name);
  const workers = workersOf(options);
  const start = (jobId: string, round?: number) => async (watch: Watch) =>
    (await engine({ stack }))({ ...watch, request: resumption(jobId, options.force, round), workers });
  if (name === "aws") {
    const id = jobIdOf(named);
    const { job, round, chunks } = await remoteJob(id, options);
    const prepared = prepareJobFolder(id, options.out, job);
    const before = { done: chunks.done, round };
    return runJob({ job, prepared, engine: name, stack, start: start(id), before }, options);
  }
  if (options.out !== undefined)
    throw new InvalidInputError("--out", "left out: a job goes on in its own folder", options.out);
  const { folder, job } = openJobFolder(named);
  if (!options.force) expectSameMaker(job);
  expectReplaceable(folder);
  const { total } = layoutOf(job.spec);
  const store = new FileStore(mountsOf(job.jobId, folder));
  const { done, control } = await readStanding(store, job.jobId, total);
  // Before the folder is claimed: from then on it can be cancelled, and the splitter begins a second later.
  const nextRound = await readNextRound(store, job.jobId, control);
  const prepared = { folder, takeBack: () => {} };
  return runJob(
    {
      ...{ job, prepared, engine: name, start: start(job.jobId, nextRound) },
      before: { done, round: control.round },
    },
    options,
  );
}

/** Throws InvalidInputError where messages of the job may still be on their way: they would be computed twice. */
function remoteJob(id: string, { stack, force }: ResumeOptions): Promise<JobStatus> {
  return withCloud(stack, async (cloud) => {
    const job = await readRemoteJob(cloud, id);
    const [status, { chunks }] = await Promise.all([readStatus(cloud.store, job), sharedQueues(cloud)]);
    const { state } = status;
    const isRunning = (state === "running" || state === "submitting") && !isIdle(chunks);
    if (!isRunning || force) return status;
    throw new InvalidInputError(
      "job",
      "one that does not run any more",
      `${id}, which is ${state} while messages are in the queue`,
      `Follow it with \`${commandLine("attach", id, ...stackOption(stack))}\`, or say --force: then some chunks may be computed twice.`,
    );
  });
}
