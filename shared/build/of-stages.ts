import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import BUILD from "#build";

const ROOT = join(import.meta.dirname, "../..");
/** All that a stage's bundle is made of, packages by what the lock file says of them. */
const FOLDERS = ["functions", "plots", "shared"];
const LOCK_FILE = "package-lock.json";
const HASH_CHARACTERS = 16;

/** What a deployment was made from. */
export const DeployedBuildSchema = v.object({
  version: v.string(),
  /** A hash of the sources of all stages. */
  stages: v.string(),
  /** As in Build. */
  kernels: v.record(v.string(), v.string()),
});
export type DeployedBuild = v.InferOutput<typeof DeployedBuildSchema>;

/** What would be deployed from this checkout. Reads some two hundred small files. */
export function buildOfCheckout(): DeployedBuild {
  const hash = createHash("sha256");
  // Whatever separates folders and ends lines here.
  for (const path of [...FOLDERS.flatMap(sourcesIn), LOCK_FILE].sort())
    hash.update(`${path.replaceAll("\\", "/")}\n${read(path).replaceAll("\r\n", "\n")}\n`);
  return { ...BUILD, stages: hash.digest("hex").slice(0, HASH_CHARACTERS) };
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|json)$/.test(name))
    .map((name) => join(folder, name));
}

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
