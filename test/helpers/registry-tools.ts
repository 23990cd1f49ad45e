import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Ended } from "./cli.ts";
import { temporaryFolder } from "./temporary.ts";

/** Without what npm, which runs these tests, tells its children. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

/** Runs a program with a folder of programs before all others on its path. */
export function runWith(
  bin: string,
  file: string,
  args: readonly string[],
  { cwd, env = {}, uid }: { cwd: string; env?: Readonly<Record<string, string>>; uid?: number },
): Promise<Ended> {
  return new Promise<Ended>((resolve) => {
    const options = {
      cwd,
      env: { ...environment, PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`, ...env },
      ...(uid !== undefined && { uid, gid: uid }),
    };
    const child = execFile(file, args, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
    child.stdin?.end();
  });
}

/** A folder's `bin` with these packages, from the registry that npm is set up for: where that does not answer, the test fails with what npm says. */
export async function toolsFrom(...packages: readonly string[]): Promise<string> {
  const tools = temporaryFolder();
  writeFileSync(join(tools, "package.json"), "{}");
  const bin = join(tools, "node_modules/.bin");
  const args = ["install", "--no-audit", "--no-fund", "--loglevel=error", ...packages];
  const { code, stderr } = await runWith(bin, "npm", args, { cwd: tools });
  expect({ code, stderr }, `npm install of ${packages.join(" ")}`).toEqual({ code: 0, stderr: "" });
  return bin;
}
