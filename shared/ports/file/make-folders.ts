import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and the parents that it lacks, and returns those that it made, the innermost first. Throws what the file
 * system throws. Not Node's own recursive mkdir: it never returns below /proc, where making a folder says that the parent
 * is missing.
 */
export function makeFolders(folder: string): string[] {
  if (existsSync(folder)) return [];
  const parents = makeFolders(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !statSync(folder).isDirectory()) throw error;
    return parents;
  }
  return [folder, ...parents];
}
