import { type Dirent, rmSync } from "node:fs";
import { join } from "node:path";
import { isRunning } from "../../processes.ts";
import { readSmallFile } from "./claim-file.ts";

/** Where a process that was at a folder wrote its number, before claims were as they are now. */
export const FORMER_CLAIM = "running.pid";

export const isFormerClaim = (entry: Dirent): boolean => entry.isFile() && entry.name === FORMER_CLAIM;

/** The process that lives here and claimed the folder so. */
export function formerOwner(folder: string): number | undefined {
  const pid = Number(readSmallFile(join(folder, FORMER_CLAIM))?.text);
  // One that had our number before us, in a container say, is gone.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return undefined;
  return isRunning(pid) ? pid : undefined;
}

/** Of one that was killed, or something else in its place. A link itself is removed, not its end. */
export function removeFormerClaim(folder: string): void {
  rmSync(join(folder, FORMER_CLAIM), { force: true });
}
