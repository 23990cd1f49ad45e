import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

/** The repository, in which experiments/ and docs/ lie. */
export const ROOT = join(import.meta.dirname, "../..");

/** What a number means nothing without. */
export interface Origin {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  readonly command: string;
}

/** Today, this machine and this commit. */
export function origin(command: string): Origin {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
  const changed =
    git("status", "--porcelain", "--", "api", "cli", "client", "functions", "shared") === ""
      ? ""
      : " with changes";
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: git("rev-parse", "--short", "HEAD") + changed,
    machine: `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, shared and noisy`,
    node: process.version,
    command,
  };
}
