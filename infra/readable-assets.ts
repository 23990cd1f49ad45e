import { chmodSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const FILE = 0o644;
const FOLDER = 0o755;

/**
 * Lets everybody read what becomes an asset. Under a umask such as 077 only its owner could, Lambda's user among the others;
 * and the CDK hashes contents alone, so that a later deployment would not put it right.
 */
export function makeReadable(folder: string): void {
  chmodSync(folder, FOLDER);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeReadable(path);
    else if (entry.isFile()) chmodSync(path, FILE);
  }
}

/** The same for all that was synthesised: functions of the CDK's own, and what an earlier synthesis left. */
export function makeAssetsReadable(outdir: string): void {
  if (!existsSync(outdir)) return;
  for (const entry of readdirSync(outdir, { withFileTypes: true }))
    if (entry.isDirectory() && entry.name.startsWith("asset.")) makeReadable(join(outdir, entry.name));
}

// As a stage's bundling calls it, also in an app of somebody else.
if (import.meta.main) makeReadable(process.argv[2] ?? ".");
