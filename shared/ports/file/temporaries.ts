import { readdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";

const SUFFIX = ".tmp";
/** Random, because this process may have the id of a killed one that left temporary files. */
const LIFE = Math.random().toString(36).slice(2, 10);
let made = 0;

/** A temporary file with its process, as named below; or a part of an upload, which only an embedded cloud writes. */
const OURS = /\.(?:(\d+)-\d+-[0-9a-z]*-\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d+)\.tmp$/;

/** A unique name beside the path for a file that is being written; it is no object's name. */
export function temporaryFor(path: string): string {
  return `${path}.${process.pid}-${threadId}-${LIFE}-${made++}${SUFFIX}`;
}

/** Whether this project made the file, and not another program a file of a similar name. */
export function isOurTemporary(name: string): boolean {
  return OURS.test(name);
}

export function isTemporary(name: string): boolean {
  return name.endsWith(SUFFIX);
}

/**
 * Makes the temporary file. A file of that name is the rest of a crash, or a trap: a link itself is removed, not its
 * target.
 */
export function anew<Made>(temporary: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    unlinkSync(temporary);
    return make();
  }
}

/** Removes the temporary file, if it still exists: it may never have been made, or have its final name by now. */
export function discard(temporary: string): void {
  orNothing(() => unlinkSync(temporary));
}

/**
 * Removes files of killed writers in the folder, at any depth. Files that a live process has open stay, for example
 * those of a fetch or a plot under way. Follows no link, and skips what it may not read or remove.
 */
export function removeTemporaries(folder: string): void {
  for (const entry of orNothing(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
    const path = join(folder, entry.name);
    const [isOurs, pid] = OURS.exec(entry.name) ?? [];
    if (entry.isDirectory()) removeTemporaries(path);
    else if (isOurs && !(pid && isOpenIn(Number(pid), path))) orNothing(() => rmSync(path));
  }
}

/** A live process id alone proves little: after a restart, or in another container, it belongs to another process. */
function isOpenIn(pid: number, path: string): boolean {
  if (!orNothing(() => process.kill(pid, 0))) return false;
  const file = orNothing(() => statSync(path));
  const descriptors = `/proc/${pid}/fd`;
  const open = orNothing(() => readdirSync(descriptors));
  if (!open) return pid !== process.pid; // this system has no /proc
  return open.some((descriptor) => {
    const other = orNothing(() => statSync(join(descriptors, descriptor)));
    return other && other.ino === file?.ino && other.dev === file.dev;
  });
}

function orNothing<Value>(attempt: () => Value): Value | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}
