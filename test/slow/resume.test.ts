import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { claimsIn } from "../helpers/claims.ts";
import { runCli } from "../helpers/cli.ts";
import { CHUNKS, isWhole, settledCount, startedJob } from "../helpers/stopped-job.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

test.each(["threads", "serial"])(
  "a job whose process was killed goes on from its folder, on engine %s",
  async (engine) => {
    const { cwd, folder, child, ended } = await startedJob(engine, 6);
    child.kill("SIGKILL");
    await ended;
    expect(existsSync(join(folder, "summary.json"))).toBe(false);
    expect(await settledCount(folder)).toBeLessThan(CHUNKS);
    const resumed = await runCli(["resume", "j", "--engine", engine, "--json"], { cwd });
    expect(resumed.stderr).toBe("");
    expect(JSON.parse(resumed.stdout)).toMatchObject({ state: "complete", round: 1, engine });
    expect(resumed.code).toBe(0);
    expect(await isWhole(cwd)).toBe(true);
    expect(claimsIn(folder)).toEqual([]);
  },
);

test("a job that is interrupted says how it goes on, and does so on another engine", async () => {
  const { cwd, child, ended } = await startedJob("serial", 3);
  const second = await runCli(["resume", "j"], { cwd });
  expect(second.stderr).toMatch(
    /^Expected job to be one that nobody is computing, got .* which process \d+ of host .* is at\./,
  );
  expect(second.code).toBe(2);
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(
    /^Interrupted: \d+ of 36 chunks are stored in results\/j\. This goes on with the others:\n {2}manyhands resume results\/j\n$/,
  );
  const { stdout } = await runCli(["resume", "results/j", "--engine", "threads"], { cwd });
  expect(stdout).toContain("on engine threads: complete");
});

test.each(["local", "threads"])(
  "cancel stops a job that another process computes on engine %s, and resume goes on with it",
  async (engine) => {
    const { cwd, ended } = await startedJob(engine, 1, "--json");
    const cancelled = await runCli(["cancel", "j"], { cwd });
    expect(cancelled.stdout).toMatch(/^Cancelled: no chunk of j is begun any more\./);
    const { stdout, code } = await ended;
    const { state, chunks } = JSON.parse(stdout);
    expect(state).toBe("cancelled");
    expect(code).toBe(3);
    expect(chunks.done).toBeLessThan(CHUNKS);
    const again = JSON.parse((await runCli(["retry", "j", "--json"], { cwd })).stdout);
    expect(again).toMatchObject({ state: "complete", chunks: { done: CHUNKS } });
  },
);

test("a complete job lacks nothing: resume computes nothing, and mends what is corrupt", async () => {
  const cwd = temporaryFolder();
  const folder = join(cwd, "results/s");
  await runCli(["run", "--size", "100", "--chunk", "10x10", "--job-id", "s", "--quiet"], { cwd });
  const before = readFileSync(join(folder, "summary.json"), "utf8");
  for (const engine of ["local", "threads", "serial"]) {
    const { code, stdout } = await runCli(["resume", "s", "--engine", engine], { cwd });
    expect(stdout).toContain("the tutorial's own sum");
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "summary.json"), "utf8")).toBe(before);
  }
  const path = join(folder, "array/escape_time/c/1/2");
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0, 0, 4));
  const { stdout } = await runCli(["resume", "s", "--json"], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ state: "complete", round: 1, sum: 509_274 });
});
