/** A job's folder on this machine, found by a user's name for it: the folder itself, or the job's id below results/. */
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { JobIdSchema } from "../../shared/messages/job-id.ts";
import { checkSpec } from "../../shared/plan/check-spec.ts";
import { declarationOf } from "../../shared/plan/declaration-of.ts";
import { MOST_RECORD_BYTES } from "../../shared/ports/bounded.ts";
import { expectRegular, readRegularFile } from "../../shared/ports/file/regular-file.ts";
import { type StoredJob, StoredJobSchema } from "../../shared/record/job.ts";
import { pathOf, quoted } from "../../shared/validation/command-line.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { parse, parseJson, show } from "../../shared/validation/parse.ts";
import { hasOnlyLeftovers } from "./leftovers.ts";

export interface JobFolder {
  readonly folder: string;
  readonly job: StoredJob;
}

/** How a command that takes --engine is told of another job than a folder's. */
export const OF_A_DEPLOYMENT = "A job of a deployment is meant with --engine aws.";

/**
 * Opens the folder. Throws InvalidInputError if there is none, or none that this version can compute. `elsewhere` tells
 * the user how the same command takes a job of a deployment.
 */
export async function openJobFolder(named: string, elsewhere = OF_A_DEPLOYMENT): Promise<JobFolder> {
  const folder = folderOf(named);
  const job = readJobFile(folder, named, elsewhere);
  checkSpec(job.spec, { name: job.spec.kernel, declaration: declarationOf(job, KERNELS) });
  return { folder, job };
}

/** Files that the end of a job writes again: a link or a FIFO in their place is replaced, a folder is not. */
const MADE_AGAIN = /^(summary\.json|results\.jsonl|report\.html|.+\.(npy|png))$/;

/**
 * Throws InvalidInputError if a folder lies in place of a file that a resumption writes again. Checked now: an engine
 * would find out only after computing everything, and then retry in vain.
 */
export function expectReplaceable(folder: string): void {
  const files = readdirSync(folder).filter((name) => MADE_AGAIN.test(name));
  for (const path of [...files, "array/zarr.json"].map((name) => join(folder, name))) {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) expectRegular(path, found);
  }
}

/** Whether a folder that is meant holds a job. */
export function isJobHere(named: string): boolean {
  return existsSync(join(folderOf(named), "job.json"));
}

/** The folder that was meant, whether it is there or not. */
export function folderOf(named: string): string {
  const isFolder = existsSync(join(named, "job.json"));
  return isFolder || !v.is(JobIdSchema, named) ? named : join("results", named);
}

/** The job in a folder. Throws InvalidInputError. */
function readJobFile(folder: string, named: string, elsewhere: string): StoredJob {
  const path = join(folder, "job.json");
  let text: string;
  try {
    text = readRegularFile(path, MOST_RECORD_BYTES).toString("utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof InvalidInputError) throw error;
    const begun = code === "ENOENT" ? [folder, named].find(isBegunOnly) : undefined;
    const what = begun ? show(begun) : show(named);
    throw new InvalidInputError(
      "job",
      "a job's folder, or the id of one below results/",
      begun
        ? `${what}, where a run was ended before it had stored anything`
        : `${what}, where there is no readable job.json`,
      begun ? `Run it again: with --out ${quoted(pathOf(begun))} in that folder.` : elsewhere,
    );
  }
  return parse(StoredJobSchema, parseJson(text, path), path);
}

/** False too where there is no folder, or one that this user may not list. */
function isBegunOnly(folder: string): boolean {
  try {
    return hasOnlyLeftovers(folder);
  } catch {
    return false;
  }
}
