import { cpSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { claimFolder } from "../../client/job-folder/claim/claim.ts";
import { runCli } from "../helpers/cli.ts";
import { deploymentServer, NO_AWS } from "../helpers/deployment-server.ts";
import { computeInto } from "../helpers/remote.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const PROFILE = { ...NO_AWS, AWS_PROFILE: "nope" };

/** A working directory with one job that ended and one that did not. */
async function workplace() {
  const cwd = temporaryFolder();
  const bucket = temporaryFolder();
  for (const id of ["whole", "half"]) await computeInto(bucket, id);
  cpSync(join(bucket, "jobs"), join(cwd, "results"), { recursive: true });
  rmSync(join(cwd, "results/half/summary.json"));
  return cwd;
}

test("jobs of this machine are listed without AWS, with a note; other folders and links are none", async () => {
  const cwd = await workplace();
  symlinkSync(join(cwd, "results/whole"), join(cwd, "results/link"));
  const { code, stdout, stderr } = await runCli(["list"], { cwd, env: NO_AWS });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Jobs in results\/\n/);
  expect(stdout).toMatch(/^whole +complete +1\/1/m);
  expect(stdout).toMatch(/^half +unfinished +1\/1/m);
  expect(stdout.trimEnd().split("\n")).toHaveLength(4);
  expect(stderr).toMatch(
    /^No jobs of a deployment are listed\. Expected AWS credentials, found none: [^\n]*\n$/,
  );
  const alone = await runCli(["list", "--engine", "local", "--json"], { cwd, env: PROFILE });
  expect(alone).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(alone.stdout)).toEqual([
    expect.objectContaining({ jobId: "half", state: "unfinished", folder: "results/half" }),
    expect.objectContaining({ jobId: "whole", state: "complete", folder: "results/whole" }),
  ]);
});

test("where AWS is set up and cannot be asked, that is a failure, and the jobs here are listed all the same", async () => {
  const cwd = await workplace();
  const { code, stdout, stderr } = await runCli(["list"], { cwd, env: PROFILE });
  expect(code).toBe(2);
  expect(stdout).toMatch(/^whole +complete/m);
  expect(stderr).toMatch(/^No jobs of a deployment are listed\. .* from profile "nope", got none: Could not/);
});

test("both are listed, each with its place; --engine aws has the deployment's alone", async () => {
  const cwd = await workplace();
  const { env, folder } = await deploymentServer();
  await computeInto(folder, "there");
  const { code, stdout, stderr } = await runCli(["list"], { cwd, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(
    /^Jobs in results\/\n(.+\n)+Jobs in stack Manyhands in us-east-1 at .*\nJOB.*\nthere/m,
  );
  const there = await runCli(["list", "--engine", "aws", "--json"], { cwd, env });
  expect(JSON.parse(there.stdout)).toEqual([
    expect.objectContaining({ jobId: "there", state: "complete", stack: "Manyhands" }),
  ]);
});

test("the status of a job here is told without AWS, by its id and by its folder", async () => {
  const cwd = await workplace();
  const whole = await runCli(["status", "whole"], { cwd, env: PROFILE });
  expect(whole).toMatchObject({ code: 0, stderr: "" });
  expect(whole.stdout).toMatch(/^whole: complete\n.*\n +chunks +1 of 1 stored \(100 %\)\n/);
  const half = await runCli(["status", "results/half"], { cwd, env: PROFILE });
  expect(half.stdout).toMatch(/^half: unfinished\n/);
  expect(half.stdout).toContain("`manyhands resume results/half` goes on");
  const json = await runCli(["status", "half", "--json"], { cwd, env: PROFILE });
  expect(JSON.parse(json.stdout)).toMatchObject({
    ...{ jobId: "half", state: "unfinished", summary: null, folder: "results/half" },
    chunks: { total: 1, done: 1, failed: 0 },
  });
  const claim = await claimFolder(join(cwd, "results/half"));
  expect((await runCli(["status", "half"], { cwd, env: PROFILE })).stdout).toMatch(/^half: running\n/);
  claim.release();
  expect((await runCli(["status", "half", "--engine", "aws"], { cwd, env: PROFILE })).code).toBe(2);
});

test("cancel looks into the folder where there is one, whatever AWS settings there are, and where --engine says", async () => {
  const cwd = await workplace();
  const here = await runCli(["cancel", "half"], { cwd, env: PROFILE });
  expect(here).toMatchObject({ code: 2, stdout: "" });
  expect(here.stderr).toBe(
    'Expected job to be one that is running, got "half", whose folder no process is at. A job of a deployment is meant with --engine aws.\n',
  );
  const there = await runCli(["cancel", "half", "--engine", "aws"], { cwd, env: PROFILE });
  expect(there.code).toBe(2);
  expect(there.stderr).toMatch(/from profile "nope", got none/);
  const claim = await claimFolder(join(cwd, "results/half"));
  const running = await runCli(["cancel", "half", "--json"], { cwd, env: PROFILE });
  claim.release();
  expect(running).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(running.stdout)).toEqual({ jobId: "half", state: "cancelled" });
});

test("plot names no option that it refuses", async () => {
  const { code, stderr } = await runCli(["plot", "nosuch"], { cwd: temporaryFolder() });
  expect(code).toBe(2);
  expect(stderr).toMatch(/no readable job\.json\. A job of a deployment is drawn there; `manyhands fetch`/);
});
