import { accessSync, constants, existsSync, lstatSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { MOST_RECORD_BYTES } from "../../shared/ports/bounded.ts";
import { makeFolders } from "../../shared/ports/file/make-folders.ts";
import { readRegularFile } from "../../shared/ports/file/regular-file.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { commandLine, pathOf } from "../../shared/validation/command-line.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { hasOnlyLeftovers } from "./leftovers.ts";

/** A folder that is ready for a job. */
export interface PreparedFolder {
  readonly folder: string;
  /** Removes the folders that were made, for a job that wrote nothing. */
  takeBack(): void;
}

/**
 * The job's folder: the one that `out` names, or one in results/. By `out`, which sentences call `field`, the user may name a link; in
 * results/ another user may have put one. Throws as `prepareFolder` does.
 */
export function prepareJobFolder(
  jobId: string,
  out: string | undefined,
  field = "--out",
  same?: StoredJob,
): PreparedFolder {
  if (out !== undefined) return prepareFolder(out, field, same);
  const folder = join("results", jobId);
  const chosenBy = `the folder of job ${jobId}`;
  if (isLink(folder)) {
    const hint = `Where it is yours, name it with ${field}.`;
    throw new InvalidInputError(chosenBy, "a folder", `${show(folder)}, which is a link`, hint);
  }
  return prepareFolder(folder, chosenBy, same);
}

/**
 * Makes the folder for a job; `chosenBy` is the option or field that named it. Throws InvalidInputError if it is not a
 * folder, not writable or not empty: files of another job or another user are never mixed or overwritten, and no link
 * in it is followed. Files of the job `same` itself, fetched earlier, may stay, and so may the remains of a run that
 * had stored nothing.
 */
export function prepareFolder(folder: string, chosenBy: string, same?: StoredJob): PreparedFolder {
  try {
    if (existsSync(folder)) {
      if (!statSync(folder).isDirectory()) throw new InvalidInputError(chosenBy, "a folder", show(folder));
      const another = othersIn(folder, same);
      if (another)
        throw new InvalidInputError(chosenBy, "a new or empty folder", `${show(folder)}, which ${another}`);
    }
    const made = makeFolders(resolve(folder));
    accessSync(folder, constants.W_OK);
    return { folder, takeBack: () => made.forEach(removeIfEmpty) };
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    const { code = "an error" } = error as NodeJS.ErrnoException;
    throw new InvalidInputError(chosenBy, "a folder that can be written to", `${show(folder)} (${code})`);
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // The folder has content, or is gone already: in both cases it stays as it is.
  }
}

/** An entry that does not belong to the job `same`. Ids are not enough: another job may have had the same id once. */
function othersIn(folder: string, same: StoredJob | undefined): string | undefined {
  const path = join(folder, "job.json");
  if (!existsSync(path)) return hasOnlyLeftovers(folder) ? undefined : "has other files in it";
  if (!same) return `holds a job already: \`${commandLine("resume", pathOf(folder))}\` goes on with it`;
  if (!isDeepStrictEqual(jobIn(path), same)) return "holds another job, perhaps an older one of that id";
  const link = linkIn(folder);
  return link && `has a link in it, ${show(link)}`;
}

/** The first link in the folder, at any depth. */
function linkIn(folder: string): string | undefined {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const found = entry.isSymbolicLink() ? path : entry.isDirectory() ? linkIn(path) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function jobIn(path: string): unknown {
  try {
    return JSON.parse(readRegularFile(path, MOST_RECORD_BYTES).toString("utf8"));
  } catch {
    return undefined;
  }
}
