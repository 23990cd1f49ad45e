import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { MAIN, runCli, startCli } from "../helpers/cli.ts";
import { chunksIn, LONG_JOB } from "../helpers/stopped-job.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const SMALL = ["--points", "20x20", "--chunk", "10x10", "--engine", "serial", "--no-plots"];

/** The output for a user who pastes a line into a shell. */
async function paste(line: string, cwd: string): Promise<string> {
  const script = `manyhands() { "$NODE" "$MAIN" "$@"; }\n${line}`;
  const env = { ...process.env, NODE: process.execPath, MAIN };
  return (await promisify(execFile)("sh", ["-c", script], { cwd, env })).stdout;
}

test("what Ctrl-C says can be pasted, whatever the folder is called, and then nothing is missing", async () => {
  const cwd = temporaryFolder();
  const out = '-it\'s $HOME; `a`\n"b" ';
  const folder = join(cwd, out);
  const { child, ended } = startCli(["run", ...LONG_JOB, "--engine", "threads", `--out=${out}`], { cwd });
  await vi.waitUntil(() => chunksIn(folder).length > 0, { timeout: 60_000, interval: 5 });
  child.kill("SIGINT");
  const { stderr, code } = await ended;
  expect(code).toBe(130);
  const [said, command, ...more] = stderr.trimEnd().split("\n").slice(-2);
  expect(said).toMatch(
    /^Interrupted: \d+ of 36 chunks are stored in .*\. This (goes on with the others|finishes it):$/,
  );
  expect(command).toMatch(/^ {2}manyhands resume /);
  expect(more).toEqual([]);
  expect(await paste(command ?? "", cwd)).toContain("complete");
  expect(await paste(command ?? "", cwd)).toContain("complete, nothing was missing");
  expect(existsSync(join(folder, "summary.json"))).toBe(true);
});

test("a job that another version of its kernel began goes on by --force only", async () => {
  const cwd = temporaryFolder();
  expect((await runCli(["run", ...SMALL, "--job-id", "j", "-q"], { cwd })).code).toBe(0);
  const path = join(cwd, "results/j/job.json");
  const job = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...job, spec: { ...job.spec, hash: "0".repeat(64) } }));
  const refused = await runCli(["resume", "j"], { cwd });
  expect(refused.stderr).toMatch(
    /^Expected job to be one that kernel mandelbrot began as it is now \(.*begun by another version .*with --force goes on all the same\.\n$/,
  );
  expect(refused.code).toBe(2);
  const forced = await runCli(["resume", "j", "--force", "--engine", "serial"], { cwd });
  expect(forced.stdout).toContain("nothing was missing");
  expect(forced.code).toBe(0);
});
