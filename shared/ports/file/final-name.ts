import { linkSync, lstatSync, renameSync } from "node:fs";
import { expectRegular } from "./regular-file.ts";

/** link(2)'s errors on file systems without hard links: exFAT, some network and FUSE file systems, Android. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EACCES"]);

/**
 * Gives a file its final name and replaces a former file of that name. Throws InvalidInputError for a folder, which
 * stays.
 */
export function nameOver(temporary: string, path: string): void {
  try {
    renameSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR") expectRegular(path, lstatSync(path));
    throw error;
  }
}

/**
 * Gives a file its final name if the name is free, in one step: of all threads and processes exactly one succeeds.
 * Without hard links there is no such step. There the name is checked first, so two writers at the same moment may both
 * succeed; the object is then whole, and one writer's. Throws InvalidInputError if the name belongs to something that
 * is no file, and so no object.
 */
export function nameIfFree(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found) expectRegular(path, found);
    if (code === "EEXIST" && found) return false;
    if (!WITHOUT_LINKS.has(code)) throw error;
    if (!found) renameSync(temporary, path);
    return !found;
  }
}
