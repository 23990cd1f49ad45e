import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { ROOT } from "../bundling/dist.ts";

export interface Packed {
  /** What was packed. */
  readonly folder: string;
  /** The path of `<name>-<version>.tgz`. */
  readonly tarball: string;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly files: number;
}

/** Packs a folder as `npm publish` would; the tarball lies beside it. */
export function pack(folder: string): Packed {
  const place = dirname(folder);
  const told = execFileSync(
    "npm",
    ["pack", folder, "--pack-destination", place, "--ignore-scripts", "--json"],
    {
      cwd: ROOT,
      encoding: "utf8",
    },
  );
  const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(told);
  const tarball = join(place, filename);
  return { folder, tarball, packedBytes: size, unpackedBytes: unpackedSize, files: entryCount };
}
