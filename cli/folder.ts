import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InvalidInputError } from "../shared/errors.ts";
import { show } from "../shared/parse.ts";

/**
 * Makes the folder a job is to be written to; `chosenBy` is the option or field that named it. Throws
 * InvalidInputError where it is not a folder, not writable or not empty: nothing of another job, or of anyone else,
 * is ever mixed or overwritten. What lies there of the job `same` itself, fetched earlier, is no other's.
 */
export function prepareFolder(folder: string, chosenBy: string, same?: string): void {
  try {
    if (existsSync(folder)) {
      if (!statSync(folder).isDirectory()) throw new InvalidInputError(chosenBy, "a folder", show(folder));
      const another = othersIn(folder, same);
      if (another)
        throw new InvalidInputError(chosenBy, "a new or empty folder", `${show(folder)}, which ${another}`);
    }
    makeFolder(resolve(folder));
    accessSync(folder, constants.W_OK);
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    const { code = "an error" } = error as NodeJS.ErrnoException;
    throw new InvalidInputError(chosenBy, "a folder that can be written to", `${show(folder)} (${code})`);
  }
}

/** Takes a prepared folder back where nothing was written to it. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
  }
}

/** Node's own recursive mkdir never returns below /proc, where making a folder says that the parent is missing. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** What is in the folder that does not belong to the job `same`. */
function othersIn(folder: string, same: string | undefined): string | undefined {
  const path = join(folder, "job.json");
  if (existsSync(path)) return same !== undefined && idIn(path) === same ? undefined : "holds a job already";
  return readdirSync(folder).length > 0 ? "has other files in it" : undefined;
}

function idIn(path: string): unknown {
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { jobId?: unknown }).jobId;
  } catch {
    return undefined;
  }
}
