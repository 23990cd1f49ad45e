import { renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolders } from "./make-folders.ts";

/** Writes a small file of the user's, whole or not at all, and makes its folder. Throws what the file system throws. */
export function writeWhole(path: string, text: string): void {
  makeFolders(dirname(path));
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
