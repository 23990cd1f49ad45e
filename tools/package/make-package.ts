/** The npm package, from the sources. */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { DIST, expectWritable, ROOT } from "../bundling/dist.ts";
import { ensureWasm } from "../bundling/wasm.ts";
import { entryFiles } from "./entries.ts";
import { packageManifest } from "./manifest.ts";
import { packageOptions } from "./programs.ts";
import { writeTypes } from "./types.ts";

export interface Packed {
  /** The path of `manyhands-<version>.tgz`. */
  readonly tarball: string;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly files: number;
}

/** Texts of the package, by where they lie in the checkout. */
const TEXTS = {
  "README.md": "tools/package/README.md",
  "CHANGELOG.md": "CHANGELOG.md",
  LICENSE: "LICENSE",
  "THIRD-PARTY-LICENCES.md": "THIRD-PARTY-LICENCES.md",
} as const;

/** Builds the package in `dist/package` and packs it into `dist/`. Throws InvalidInputError where that cannot be written. */
export async function makePackage(): Promise<Packed> {
  expectWritable(DIST);
  ensureWasm();
  const folder = join(DIST, "package");
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const options of packageOptions(folder)) await build(options);
  write("package.json", `${JSON.stringify(packageManifest(), undefined, 2)}\n`);
  write("dist/package.json", '{ "type": "commonjs" }\n');
  for (const [path, text] of await entryFiles()) write(path, text);
  for (const [path, source] of Object.entries(TEXTS)) copyFileSync(join(ROOT, source), join(folder, path));
  chmodSync(join(folder, "dist/cli/main.js"), 0o755);
  writeTypes(folder);
  return pack(folder);
}

function pack(folder: string): Packed {
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
