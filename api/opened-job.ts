/** A job that was opened: one of a folder, or of a deployment or a Redis. */
import { resolve } from "node:path";
import { DEFAULT_ENGINE, ENGINES, engineAsked, engineNamed, remoteMeant } from "../client/engines/engines.ts";
import { openJobFolder } from "../client/job-folder/job-folder.ts";
import type { FoundStatus, JobPlace, JobStore } from "../client/jobs/job-store.ts";
import { isMap } from "../shared/array/spec.ts";
import type { StoredJob } from "../shared/record/job.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";
import { arraysOf, resultOf, withOnlyArray } from "./job-outcome.ts";
import { expectKnown } from "./known-options.ts";
import { itemsOf } from "./mapped-items.ts";
import type { EngineName, OpenOptions, ResumeOptions } from "./options.ts";
import { pathOfFile } from "./path-of-file.ts";
import { byField, jobPlace } from "./place.ts";
import { type Reading, readingFolder, readingJobs } from "./reading.ts";
import type { JobStatus } from "./records.ts";
import type { Job, OpenedJob } from "./results.ts";
import { resumeJob } from "./resume-job.ts";
import { RunningJob } from "./running-job.ts";
import { verificationOf } from "./verification.ts";

const ELSEWHERE =
  'A job of a deployment is opened with the option engine: "aws", one of a Redis with engine: "redis".';

/** Rejects with InvalidInputError where there is none. */
export async function openJob(named: string | URL, options: OpenOptions): Promise<OpenedJob> {
  expectKnown(options, "open");
  const at = jobPlace(options);
  const asked = engineAsked(options, byField);
  const engine = asked ?? (at.stack === undefined ? engineNamed(DEFAULT_ENGINE) : remoteMeant(at));
  const open = () => engine.jobs(at);
  if (!engine.isRemote) {
    const { folder, job } = await openJobFolder(pathOfFile(named, "job"), ELSEWHERE);
    const path = resolve(folder);
    return opened({
      ...{ job, name: path, folder: path, at, jobs: open },
      ...{ engine: DEFAULT_ENGINE, reading: readingFolder(job.jobId, path) },
    });
  }
  const job = await (await open()).withJob(String(named), async (found) => found.job);
  const reading = readingJobs(open, job.jobId);
  return opened({ job, name: job.jobId, folder: undefined, at, jobs: open, reading, engine: engine.name });
}

interface Place {
  readonly job: StoredJob;
  /** By which its store finds it. */
  readonly name: string;
  readonly folder: string | undefined;
  readonly jobs: () => Promise<JobStore>;
  readonly reading: Reading;
  readonly at: JobPlace;
  /** On which it goes on where none is named. */
  readonly engine: string;
}

function opened({ job, name, folder, jobs, reading, at, engine }: Place): OpenedJob {
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
      const { engine: chosen = engine as EngineName } = options;
      const asked = { ...options, ...(isRemote && at), engine: chosen };
      const work = async (onBegin: Parameters<ConstructorParameters<typeof RunningJob>[0]>[0]) => {
        expectKnown(options, "resume");
        expectSamePlace(chosen, folder === undefined ? [engine] : HERE);
        return resumeJob(name, asked, { onBegin });
      };
      return new RunningJob(work, resultOf);
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

const HERE = [...ENGINES.values()].filter(({ isRemote }) => !isRemote).map(({ name }) => name);

/** Throws InvalidInputError where the engine cannot go on with a job that lies where these do. */
function expectSamePlace(engine: string, names: readonly string[]): void {
  if (names.includes(engineNamed(engine, "engine").name)) return;
  const expected =
    names === HERE
      ? `one of ${names.join(", ")} for a job of a folder`
      : `${names[0]} for a job that is there`;
  throw new InvalidInputError("engine", expected, show(engine));
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
