import { linkSync, lstatSync, renameSync } from "node:fs";
import { expectRegular } from "./regular-file.ts";

/** What link(2) answers where there are no hard links: exFAT, some network and FUSE file systems, Android. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EACCES"]);

/** Gives a file its final name, in the place of whatever has it. Throws InvalidInputError for a folder, which stays. */
export function nameOver(temporary: string, path: string): void {
  try {
    renameSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR") expectRegular(path, lstatSync(path));
    throw error;
  }
}

/**
 * Gives a file its final name where nothing has it, in one step: whatever other threads and processes do, one of them
 * succeeds. A file system without hard links has no such step. There it is looked at first, so that of two writers at the
 * same moment both may succeed; the object is that of one of them, whole, all the same. Throws InvalidInputError where
 * something lies there that is no file, and so no object.
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
