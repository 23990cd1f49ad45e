/** Remains of a run that ended before it had stored its job: they have no value. */
import { type Dirent, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isOurTemporary, removeTemporaries } from "../../shared/ports/file/temporaries.ts";
import { isClaim } from "./claim/claim-file.ts";
import { isFormerClaim } from "./claim/former.ts";

const BEGUN: Readonly<Record<string, RegExp>> = {
  logs: /^(splitter|worker|aggregator)-\d+\.log$/,
  items: /^\d+\.jsonl$/,
};

/** Whether the folder holds leftovers only; foreign files never count as leftovers. */
export function hasOnlyLeftovers(folder: string): boolean {
  return entriesOf(folder).every((entry) => isClaimOrTemporary(entry) || isBegun(folder, entry));
}

/**
 * Removes leftovers, for the process that has claimed the folder; beside a stored job, unfinished files only. A file
 * that may not be removed stays, so that the first error is not hidden.
 */
export function removeLeftovers(folder: string): void {
  removeTemporaries(folder);
  try {
    const entries = entriesOf(folder);
    if (entries.some(({ name }) => name === "job.json")) return;
    for (const entry of entries)
      if (isBegun(folder, entry)) rmSync(join(folder, entry.name), { recursive: true, force: true });
  } catch {}
}

/** Claims of live processes too: claiming the folder finds out whether they live. */
function isClaimOrTemporary(entry: Dirent): boolean {
  return isClaim(entry) || isFormerClaim(entry) || (entry.isFile() && isOurTemporary(entry.name));
}

/** The logs of processes that received no work, and items of a task that no splitter was asked to map. */
function isBegun(folder: string, entry: Dirent): boolean {
  const ours = BEGUN[entry.name];
  return (
    ours !== undefined &&
    entry.isDirectory() &&
    entriesOf(join(folder, entry.name)).every((file) => file.isFile() && ours.test(file.name))
  );
}

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true });
}
