import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import BUILD from "#build";

const ROOT = join(import.meta.dirname, "../..");
/** The sources of the stages' bundles; the lock file stands for packages. */
const FOLDERS = ["functions", "plots", "shared"];
const LOCK_FILE = "package-lock.json";
const HASH_CHARACTERS = 16;

/** The build that a deployment was made from. */
export const DeployedBuildSchema = v.object({
  version: v.string(),
  /** A hash of the sources of all stages. */
  stages: v.string(),
  /** The same as in Build. */
  kernels: v.record(v.string(), v.string()),
});
export type DeployedBuild = v.InferOutput<typeof DeployedBuildSchema>;

/** The build that this checkout, or this package, would deploy. In a checkout it reads about two hundred small files. */
export function buildToDeploy(): DeployedBuild {
  const { stages, ...build } = BUILD;
  if (stages !== undefined) return { ...build, stages };
  const hash = createHash("sha256");
  // The hash must not depend on this system's separators and line ends.
  for (const path of [...FOLDERS.flatMap(sourcesIn), LOCK_FILE].sort())
    hash.update(`${path.replaceAll("\\", "/")}\n${read(path).replaceAll("\r\n", "\n")}\n`);
  return { ...build, stages: hash.digest("hex").slice(0, HASH_CHARACTERS) };
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|json)$/.test(name))
    .map((name) => join(folder, name));
}

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
