import { readdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";

const SUFFIX = ".tmp";
/** A process may have the number of one that was killed and left its temporary files. */
const LIFE = Math.random().toString(36).slice(2, 10);
let made = 0;

/** A file that was named below, with its process; or a part of an upload, which only an embedded cloud writes. */
const OURS = /\.(?:(\d+)-\d+-[0-9a-z]*-\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d+)\.tmp$/;

/** A name beside the path for a file that is being written: nobody else has it, and it is no object's. */
export function temporaryFor(path: string): string {
  return `${path}.${process.pid}-${threadId}-${LIFE}-${made++}${SUFFIX}`;
}

/** Of this project, and not somebody else's file of such a name. */
export function isOurTemporary(name: string): boolean {
  return OURS.test(name);
}

export function isTemporary(name: string): boolean {
  return name.endsWith(SUFFIX);
}

/** Makes it. What lies there nevertheless was left by a crash, or is a trap: a link itself is removed, not its end. */
export function anew<Made>(temporary: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    unlinkSync(temporary);
    return make();
  }
}

/** It may never have been made, or have its final name by now. */
export function discard(temporary: string): void {
  orNothing(() => unlinkSync(temporary));
}

/**
 * Removes what killed writers left in the folder, however deep; not what a live process has open, another command that
 * brings or draws something say. Follows no link, and what it may not read or remove stays.
 */
export function removeTemporaries(folder: string): void {
  for (const entry of orNothing(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
    const path = join(folder, entry.name);
    const [isOurs, pid] = OURS.exec(entry.name) ?? [];
    if (entry.isDirectory()) removeTemporaries(path);
    else if (isOurs && !(pid && isOpenIn(Number(pid), path))) orNothing(() => rmSync(path));
  }
}

/** That there is a process of this number says little: after a restart, or in another container, it is somebody else's. */
function isOpenIn(pid: number, path: string): boolean {
  if (!orNothing(() => process.kill(pid, 0))) return false;
  const file = orNothing(() => statSync(path));
  const descriptors = `/proc/${pid}/fd`;
  const open = orNothing(() => readdirSync(descriptors));
  if (!open) return pid !== process.pid; // no /proc to ask
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
