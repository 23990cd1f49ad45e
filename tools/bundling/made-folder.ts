import { existsSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder, isWritable } from "./dist-folder.js";

/**
 * The folder for files that the npm package makes: in the user's cache, or where that cannot be written, as with a user without a home,
 * in the system's temporary folder.
 */
export function madeFolder(version: string, { cache = cacheFolder(), temporary = tmpdir() } = {}): string {
  const kept = join(cache, "manyhands", version);
  if (isWritable(kept)) return kept;
  const own = join(temporary, `manyhands-${process.getuid?.() ?? "user"}`);
  return isOurs(own) ? join(own, version) : kept;
}

/** All users write to the temporary folder, and what lies in ours is run: it must be made by this user, and closed to others. */
function isOurs(folder: string): boolean {
  try {
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
    const found = lstatSync(folder);
    const isClosed =
      process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o077) === 0);
    return found.isDirectory() && isClosed;
  } catch {
    return false;
  }
}
