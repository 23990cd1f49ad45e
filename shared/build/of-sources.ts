import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DRIVER_VERSION } from "../kernels/driver-version.ts";
import type { Build } from "./build.ts";

const SHARED = join(import.meta.dirname, "..");
const HASH_CHARACTERS = 16;

/** The files that the bits of each kernel depend on. Its fast twin is left out: it has the bits of the plain kernel. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  mandelbrot: ["escape-time/mandelbrot.ts"],
  julia: ["escape-time/julia.ts"],
  "double-pendulum": ["double-pendulum/double-pendulum.ts", "double-pendulum/sin-cos.ts"],
};

/** Hashes the source text, because bundled code differs from bundle to bundle. */
const build: Build = {
  version: JSON.parse(textOf(join(SHARED, "../package.json"))).version,
  kernels: Object.fromEntries(Object.entries(SOURCES).map(([name, files]) => [name, hashOf(files)])),
};
export default build;

function hashOf(files: readonly string[]): string {
  const hash = createHash("sha256").update(`driver ${DRIVER_VERSION}\n`);
  for (const name of files) hash.update(`${name}\n${textOf(join(SHARED, "kernels", name))}`);
  return hash.digest("hex").slice(0, HASH_CHARACTERS);
}

/** The text with any line ends turned into LF. */
function textOf(path: string): string {
  return readFileSync(path, "utf8").replaceAll("\r\n", "\n");
}
