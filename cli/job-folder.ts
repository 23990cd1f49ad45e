/** A job's folder on this machine, as somebody names it to go on with it: itself, or by the job's id below results/. */
import { constants, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { InvalidInputError } from "../shared/errors.ts";
import { checkSpec, JobIdSchema, type StoredJob, StoredJobSchema } from "../shared/job.ts";
import { KERNELS } from "../shared/kernels/registry.ts";
import { parse, parseJson, show } from "../shared/parse.ts";
import { removeTemporaries } from "../shared/stores/temporaries.ts";

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

/** The other process that computes the job of this folder, if one does. */
export function runningIn(folder: string): number | undefined {
  const pid = pidIn(join(folder, PID_FILE));
  // One that had our number before us, in a container say, is gone.
  if (pid === undefined || pid === process.pid) return undefined;
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
  try {
    if (other === undefined) {
      rmSync(path, { force: true }); // of one that was killed, or a link: neither is followed
      writeFileSync(path, `${process.pid}`, { flag: "wx" });
      removeTemporaries(folder); // nobody is writing them any more
      return () => rmSync(path, { force: true });
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST")
      throw new InvalidInputError("job", "one whose folder can be written to", `${show(folder)} (${code})`);
  }
  throw new InvalidInputError(
    "job",
    "one that nobody is computing",
    `${show(folder)}, which process ${other ?? pidIn(path)} is at`,
    `If that is something else, remove ${path}.`,
  );
}

function pidIn(path: string): number | undefined {
  try {
    const pid = Number(
      readFileSync(path, { encoding: "utf8", flag: constants.O_RDONLY | constants.O_NOFOLLOW }),
    );
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
