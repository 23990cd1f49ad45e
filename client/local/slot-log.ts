import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { RealFolders } from "../../shared/ports/file/real-folders.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";

/**
 * Opens a slot's log below the job's folder. Does not follow a link in its place, and does not block on a pipe without
 * a reader. Throws InvalidInputError if it is not a file that can be written.
 */
export function openLog(folder: string, name: string): number {
  const path = join(folder, `${name}.log`);
  const refuse = (why: string) => {
    throw new InvalidInputError(
      "the log of a slot",
      "a file that can be written to",
      `${printable(path)} (${why})`,
    );
  };
  try {
    new RealFolders([dirname(folder)]).make(folder);
    const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
    const file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666);
    if (fstatSync(file).isFile()) return file;
    closeSync(file);
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    return refuse((error as NodeJS.ErrnoException).code ?? `${error}`);
  }
  return refuse("which is none");
}
