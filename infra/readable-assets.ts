import { chmodSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const FILE = 0o644;
const FOLDER = 0o755;

/**
 * Lets every user read an asset's files. Under a umask such as 077 only the owner could, and Lambda's user could not.
 * The CDK hashes contents alone, so a later deployment would not put it right.
 */
export function makeReadable(folder: string): void {
  chmodSync(folder, FOLDER);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeReadable(path);
    else if (entry.isFile()) chmodSync(path, FILE);
  }
}

/**
 * Does the same for the whole output of a synthesis: the CDK's own functions, and files that an earlier synthesis left.
 */
export function makeAssetsReadable(outdir: string): void {
  if (!existsSync(outdir)) return;
  for (const entry of readdirSync(outdir, { withFileTypes: true }))
    if (entry.isDirectory() && entry.name.startsWith("asset.")) makeReadable(join(outdir, entry.name));
}
