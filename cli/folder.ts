import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InvalidInputError } from "../shared/errors.ts";
import { show } from "../shared/parse.ts";

/**
 * Makes the folder a job is to be written to; `chosenBy` is the option or field that named it. Throws
 * InvalidInputError where it is not a folder, not writable or not empty: nothing of another job, or of anyone else,
 * is ever mixed or overwritten.
 */
export function prepareFolder(folder: string, chosenBy: string): void {
  try {
    if (existsSync(folder)) {
      if (!statSync(folder).isDirectory()) throw new InvalidInputError(chosenBy, "a folder", show(folder));
      if (existsSync(join(folder, "job.json"))) {
        throw new InvalidInputError(
          chosenBy,
          "a new or empty folder",
          `${show(folder)}, which holds a job already`,
        );
      }
      if (readdirSync(folder).length > 0) {
        throw new InvalidInputError(
          chosenBy,
          "a new or empty folder",
          `${show(folder)}, which has other files in it`,
        );
      }
    }
    makeFolder(resolve(folder));
    accessSync(folder, constants.W_OK);
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    const { code = "an error" } = error as NodeJS.ErrnoException;
    throw new InvalidInputError(chosenBy, "a folder that can be written to", `${show(folder)} (${code})`);
  }
}

/** Node's own recursive mkdir never returns below /proc, where making a folder says that the parent is missing. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
