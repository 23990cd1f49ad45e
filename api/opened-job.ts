/** A job that was opened: one of a folder, or of a deployment. */
import { resolve } from "node:path";
import { DEFAULT_ENGINE, DEFAULT_REMOTE_ENGINE, ENGINES, engineNamed } from "../client/engines/engines.ts";
import { openJobFolder } from "../client/job-folder/job-folder.ts";
import type { FoundStatus, JobStore } from "../client/jobs/job-store.ts";
import { isMap } from "../shared/array/spec.ts";
import type { StoredJob } from "../shared/record/job.ts";
import { STACK_NAME } from "../shared/validation/env.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";
import { arraysOf, resultOf, withOnlyArray } from "./job-outcome.ts";
import { expectKnown } from "./known-options.ts";
import { itemsOf } from "./mapped-items.ts";
import type { EngineName, OpenOptions, ResumeOptions } from "./options.ts";
import { pathOfFile } from "./path-of-file.ts";
import { type Reading, readingFolder, readingJobs } from "./reading.ts";
import type { JobStatus } from "./records.ts";
import type { Job, OpenedJob } from "./results.ts";
import { resumeJob } from "./resume-job.ts";
import { RunningJob } from "./running-job.ts";
import { verificationOf } from "./verification.ts";

const ELSEWHERE = 'A job of a deployment is opened with the option engine: "aws".';

/** Rejects with InvalidInputError where there is none. */
export async function openJob(named: string | URL, options: OpenOptions): Promise<OpenedJob> {
  expectKnown(options, "open");
  const { stack, engine = stack === undefined ? DEFAULT_ENGINE : DEFAULT_REMOTE_ENGINE } = options;
  const { isRemote, jobs } = engineNamed(engine, "engine");
  const open = () => jobs({ stack: stack ?? STACK_NAME });
  if (!isRemote) {
    const { folder, job } = await openJobFolder(pathOfFile(named, "job"), ELSEWHERE);
    const path = resolve(folder);
    return opened({ job, name: path, folder: path, jobs: open, reading: readingFolder(job.jobId, path) });
  }
  const job = await (await open()).withJob(String(named), async (found) => found.job);
  const reading = readingJobs(open, job.jobId);
  return opened({ job, name: job.jobId, folder: undefined, jobs: open, reading, stack });
}

interface Place {
  readonly job: StoredJob;
  /** By which its store finds it. */
  readonly name: string;
  readonly folder: string | undefined;
  readonly jobs: () => Promise<JobStore>;
  readonly reading: Reading;
  readonly stack?: string | undefined;
}

function opened({ job, name, folder, jobs, reading, stack }: Place): OpenedJob {
  const isRemote = folder === undefined;
  return withOnlyArray<Omit<OpenedJob, "array">>({
    ...{ jobId: job.jobId, kernel: job.spec.kernel, folder },
    arrays: arraysOf(job, reading),
    items() {
      if (isMap(job.spec)) return itemsOf(job, reading);
      throw new InvalidInputError("items", "asked of a job that maps items", "one of an array");
    },
    status: async () => statusOf(await (await jobs()).withJob(name, (found) => found.status())),
    resume: (options: ResumeOptions = {}): Job => {
      const asked = { engine: engineFor(isRemote), ...options, ...(isRemote && { stack }) };
      const work = async (onBegin: Parameters<ConstructorParameters<typeof RunningJob>[0]>[0]) => {
        expectKnown(options, "resume");
        expectSamePlace(asked.engine, isRemote);
        return resumeJob(name, asked, { onBegin });
      };
      return new RunningJob(work, (outcome) => resultOf(outcome, asked.stack));
    },
    verify: async (options = {}) => {
      expectKnown(options, "verify");
      const { verifyJob } = await import("./verify-job.ts");
      return verificationOf(await verifyJob(jobs, name, options));
    },
    cancel: async () => {
      await (await jobs()).withJob(name, (found) => found.cancel());
    },
  });
}

const engineFor = (isRemote: boolean) => (isRemote ? DEFAULT_REMOTE_ENGINE : DEFAULT_ENGINE) as EngineName;

/** Throws InvalidInputError where the engine cannot go on with a job that lies there. */
function expectSamePlace(engine: string | undefined, isRemote: boolean): void {
  if (engine === undefined || engineNamed(engine, "engine").isRemote === isRemote) return;
  const names = [...ENGINES.values()].filter((each) => each.isRemote === isRemote).map(({ name }) => name);
  const where = isRemote ? "a deployment" : "a folder";
  throw new InvalidInputError("engine", `one of ${names.join(", ")} for a job of ${where}`, show(engine));
}

/** As the library tells it. */
export function statusOf(found: FoundStatus): JobStatus {
  const { jobId, state, round, chunks, summary, queues, isUnattended } = found;
  const { submittedAtMs } = found.job;
  return {
    jobId,
    state,
    round,
    chunks,
    submittedAtMs,
    ...(summary && { summary }),
    ...(queues && { queues }),
    ...(isUnattended !== undefined && { isUnattended }),
  };
}
