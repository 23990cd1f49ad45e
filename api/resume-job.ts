/** A job that goes on: the chunks that it lacks, by its store alone. */
import { mountsOf, type Watch } from "../client/engines/engine.ts";
import { expectNotAborted } from "../client/engines/interrupted.ts";
import { prepareJobFolder } from "../client/job-folder/folder.ts";
import { expectReplaceable, openJobFolder } from "../client/job-folder/job-folder.ts";
import type { JobStore } from "../client/jobs/job-store.ts";
import { kernelOfJob } from "../client/kernels/kernel-of-job.ts";
import { layoutOf } from "../shared/array/layout.ts";
import type { LoadedKernel } from "../shared/kernels/loader.ts";
import { resumption } from "../shared/messages/resumption.ts";
import { FileStore } from "../shared/ports/file/file-store.ts";
import { isIdle } from "../shared/ports/queue.ts";
import { readNextRound } from "../shared/record/control.ts";
import type { StoredJob } from "../shared/record/job.ts";
import type { JobStatus } from "../shared/record/job-status.ts";
import { readStanding } from "../shared/record/standing.ts";
import { commandLine } from "../shared/validation/command-line.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";
import { compute, type Outcome } from "./compute.ts";
import { limitWarning } from "./limit-warning.ts";
import type { ResumeOptions } from "./options.ts";
import { pathOfFile } from "./path-of-file.ts";
import { byField, checkLanguage, checkLimit, namingLimit, placeAsked } from "./place.ts";
import type { Commanded, PlaceOptions } from "./run-array.ts";

/** Computes what failed, is unfinished or corrupt. Rejects as `compute` does. */
export async function resumeJob(
  named: string,
  options: Omit<ResumeOptions, "engine"> & PlaceOptions,
  { nameOf = byField, onBegin, command, foresees }: Commanded = {},
): Promise<Outcome> {
  const { signal, onWarning, onBuild, python, force, report } = options;
  const hearing = { signal, onWarning, onBuild, onBegin, report, command };
  expectNotAborted(signal);
  const { engine, workers, at } = placeAsked(options, nameOf);
  checkLimit(engine, options.maxUsd, nameOf);
  if (foresees && options.maxUsd !== undefined) {
    const { plannedResumption } = await import("./plan-resumption.ts");
    const { plan } = await plannedResumption(named, options, nameOf);
    const warning =
      plan && limitWarning(options.maxUsd, engine.isRemote ? plan.engines.aws : plan.engines.local);
    if (warning) onWarning?.(warning);
  }
  const kernel = options.kernel === undefined ? undefined : pathOfFile(options.kernel, nameOf("kernel"));
  const again = (of: StoredJob, meant: LoadedKernel | undefined) => [
    ...(kernel === undefined ? [] : ["--kernel", kernel]),
    ...(force && meant && meant.hash !== of.spec.hash ? ["--force"] : []),
  ];
  const start = (jobId: string, round?: number, hash?: string) => async (watch: Watch) =>
    (await engine.load(at))({
      ...watch,
      request: resumption(jobId, { force, round, hash, maxUsd: options.maxUsd }),
      workers,
    });
  if (engine.isRemote) {
    const jobs = await engine.jobs(at);
    const { jobId, job, round, chunks } = await restingJob(jobs, named, options.force, nameOf("force"));
    // Without it the job goes on with what it began with: in the deployment's zips, or uploaded.
    const meant =
      kernel === undefined ? undefined : await kernelOfJob(job, { kernel, python, force, onBuild });
    expectNotAborted(signal);
    const prepared = prepareJobFolder(jobId, options.out, nameOf("out"), job);
    const before = { done: chunks.done, round };
    const begun = start(jobId, undefined, meant?.hash);
    return compute(
      { job, prepared, engine, at, start: begun, before, again: again(job, meant) },
      hearing,
    ).catch(namingLimit(nameOf));
  }
  if (options.out !== undefined)
    throw new InvalidInputError(
      nameOf("out"),
      "left out: a job goes on in its own folder",
      show(options.out),
    );
  const { folder, job } = await openJobFolder(named);
  const meant = await kernelOfJob(job, { kernel, python, force, onBuild });
  checkLanguage(engine, nameOf)(meant, options);
  expectNotAborted(signal);
  expectReplaceable(folder);
  const { total } = layoutOf(job.spec);
  const store = new FileStore(mountsOf(job.jobId, folder));
  const { done, control } = await readStanding(store, job.jobId, total);
  // Before the folder is claimed: from then on it can be cancelled, and the splitter begins a second later.
  const nextRound = await readNextRound(store, job.jobId, control);
  return compute(
    {
      ...{ job, engine, at, start: start(job.jobId, nextRound, meant.hash) },
      prepared: { folder, takeBack: () => {} },
      before: { done, round: control.round },
      again: again(job, meant),
    },
    hearing,
  ).catch(namingLimit(nameOf));
}

/** Throws InvalidInputError where messages of the job may still be on their way: they would be computed twice. */
function restingJob(
  jobs: JobStore,
  named: string,
  force: boolean | undefined,
  field: string,
): Promise<JobStatus> {
  return jobs.withJob(named, async (found) => {
    const status = await found.status();
    const { jobId, state, queues } = status;
    const isRunning = (state === "running" || state === "submitting") && queues && !isIdle(queues.chunks);
    if (!isRunning || force) return status;
    throw new InvalidInputError(
      "job",
      "one that does not run any more",
      `${jobId}, which is ${state} while messages are in the queue`,
      `Follow it with \`${commandLine("attach", jobId, ...found.site.options)}\`, or say ${field}: then some chunks may be computed twice.`,
    );
  });
}
