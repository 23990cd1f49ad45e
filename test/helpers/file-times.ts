import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Every file below a folder, by its path in it: its bytes, and when it was written. Two of these are equal if nothing was. */
export function filesIn(folder: string) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => ({
      path,
      bytes: readFileSync(join(folder, path)),
      writtenMs: statSync(join(folder, path)).mtimeMs,
    }));
}
