/** What a run leaves that was ended before it had stored its job: nothing that anybody would miss. */
import { type Dirent, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isOurTemporary, removeTemporaries } from "../../shared/ports/file/temporaries.ts";
import { isClaim } from "./claim/claim-file.ts";
import { isFormerClaim } from "./claim/former.ts";

const LOG = /^(splitter|worker|aggregator)-\d+\.log$/;

/** Whether nothing else lies in the folder; somebody else's files never count as ours. */
export function hasOnlyLeftovers(folder: string): boolean {
  return entriesOf(folder).every((entry) => isClaimOrTemporary(entry) || isBegun(folder, entry));
}

/**
 * Removes them, for whoever has claimed the folder: of a job that is stored there, unfinished files only. What may not be
 * removed stays, as it must not hide what else went wrong.
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

/** Claims of the living too: whether they live is found out when the folder is claimed. */
function isClaimOrTemporary(entry: Dirent): boolean {
  return isClaim(entry) || isFormerClaim(entry) || (entry.isFile() && isOurTemporary(entry.name));
}

/** The logs of processes that had nothing to do. */
function isBegun(folder: string, entry: Dirent): boolean {
  return (
    entry.isDirectory() &&
    entry.name === "logs" &&
    entriesOf(join(folder, entry.name)).every((log) => log.isFile() && LOG.test(log.name))
  );
}

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true });
}
