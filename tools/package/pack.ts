import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { DIST, ROOT } from "../bundling/dist.ts";

export interface Packed {
  /** The path of `<name>-<version>.tgz`. */
  readonly tarball: string;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly files: number;
}

/** Packs a folder into `dist/`, as `npm publish` would. */
export function pack(folder: string): Packed {
  const told = execFileSync(
    "npm",
    ["pack", folder, "--pack-destination", DIST, "--ignore-scripts", "--json"],
    {
      cwd: ROOT,
      encoding: "utf8",
    },
  );
  const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(told);
  const tarball = join(DIST, filename);
  return { tarball, packedBytes: size, unpackedBytes: unpackedSize, files: entryCount };
}
