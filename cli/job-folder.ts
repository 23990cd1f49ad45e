/** A job's folder on this machine, as somebody names it to go on with it: itself, or by the job's id below results/. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { InvalidInputError } from "../shared/errors.ts";
import { checkSpec, JobIdSchema, type StoredJob, StoredJobSchema } from "../shared/job.ts";
import { KERNELS } from "../shared/kernels/registry.ts";
import { parse, parseJson, show } from "../shared/parse.ts";

export interface JobFolder {
  readonly folder: string;
  readonly job: StoredJob;
}

/** Throws InvalidInputError where there is none, or none that this version can compute. */
export function openJobFolder(named: string): JobFolder {
  const folder = folderOf(named);
  const job = readJobFile(folder, named);
  checkSpec(job.spec, KERNELS);
  return { folder, job };
}

/** The folder that was meant, whether it is there or not. */
export function folderOf(named: string): string {
  const isFolder = existsSync(join(named, "job.json"));
  return isFolder || !v.is(JobIdSchema, named) ? named : join("results", named);
}

/** The job that a folder holds. Throws InvalidInputError. */
function readJobFile(folder: string, named: string): StoredJob {
  const path = join(folder, "job.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new InvalidInputError(
      "job",
      "a job's folder, or the id of one below results/",
      `${show(named)}, where there is no readable job.json`,
      "A job of a deployment is meant with --engine aws.",
    );
  }
  return parse(StoredJobSchema, parseJson(text, path), path);
}

const PID_FILE = "running.pid";

/** The process that computes the job of this folder, if one does. */
export function runningIn(folder: string): number | undefined {
  const path = join(folder, PID_FILE);
  const pid = existsSync(path) ? Number(readFileSync(path, "utf8")) : Number.NaN;
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // Somebody else's process is one, too.
    return (error as NodeJS.ErrnoException).code === "EPERM" ? pid : undefined;
  }
}

/** Says that this process computes the job of this folder, until what it returns is called. Throws InvalidInputError where another one does. */
export function claimFolder(folder: string): () => void {
  const path = join(folder, PID_FILE);
  const other = runningIn(folder);
  if (other !== undefined)
    throw new InvalidInputError(
      "job",
      "one that nobody is computing",
      `${show(folder)}, which process ${other} is at`,
      `If that is something else, remove ${path}.`,
    );
  writeFileSync(path, `${process.pid}`);
  return () => rmSync(path, { force: true });
}
