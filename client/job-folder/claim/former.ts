import { type Dirent, rmSync } from "node:fs";
import { join } from "node:path";
import { isRunning } from "../../processes.ts";
import { readSmallFile } from "./claim-file.ts";

/** Earlier versions wrote the process id of a folder's owner here instead of a claim. */
export const FORMER_CLAIM = "running.pid";

export const isFormerClaim = (entry: Dirent): boolean => entry.isFile() && entry.name === FORMER_CLAIM;

/** The live process that claimed the folder in the former way. */
export function formerOwner(folder: string): number | undefined {
  const pid = Number(readSmallFile(join(folder, FORMER_CLAIM))?.text);
  // A former owner with this process's own id, in a container for example, is gone.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return undefined;
  return isRunning(pid) ? pid : undefined;
}

/** Removes the former claim of a killed process, or what took its place. Removes a link itself, not its target. */
export function removeFormerClaim(folder: string): void {
  rmSync(join(folder, FORMER_CLAIM), { force: true });
}
