import { spawnSync } from "node:child_process";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** A tool that was written elsewhere and judges something of ours. */
export interface Judge {
  readonly name: string;
  /** What it finds, a line each: none means that it is content. */
  readonly complaints: () => readonly string[];
}

export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when a signal ended the tool. */
  readonly code: number | null;
}

/** Runs a tool in the repository's root, or in `folder` below it. Throws where it cannot be started. */
export function ask(command: string, args: readonly string[], folder = "."): Answer {
  const { stdout, stderr, status, error } = spawnSync(command, args, {
    cwd: join(ROOT, folder),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (error) throw new Error(`${command} did not start: ${error.message}`);
  return { stdout, stderr, code: status };
}

/** A judge that ends with 0 when it is content, and prints what it finds otherwise. */
export function byExitCode(
  name: string,
  command: string,
  args: () => readonly string[],
  folder = ".",
): Judge {
  const complaints = () => {
    const { stdout, stderr, code } = ask(command, args(), folder);
    if (code === 0) return [];
    const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
    return lines.length > 0 ? lines : [`${command} ended with ${code} and printed nothing`];
  };
  return { name, complaints };
}

/**
 * The files that git has or would take, by a pattern of `git ls-files`.
 * @throws Error where there are none: a judge that looks at nothing is always content
 */
export function filesLike(...patterns: readonly string[]): string[] {
  const listed = ask("git", ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...patterns]);
  const files = listed.stdout.split("\n").filter(Boolean);
  if (files.length === 0) throw new Error(`There is no file like ${patterns.join(" or ")}`);
  return files;
}
