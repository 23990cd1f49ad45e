import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serial } from "../../client/engines/serial.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { sameBytes, storedArray } from "../helpers/arrays.ts";
import { claimsIn } from "../helpers/claims.ts";
import { runCli } from "../helpers/cli.ts";
import { misbehavingEngine, runEngine } from "../helpers/run-engine.ts";
import { CHUNKS, computedIn, isWhole, settledCount, startedJob } from "../helpers/stopped-job.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

test("a job whose process was killed goes on from its folder with what is missing, and computes nothing else", async () => {
  const { cwd, folder, child, ended } = await startedJob("local", 6);
  child.kill("SIGKILL");
  await ended;
  expect(existsSync(join(folder, "summary.json"))).toBe(false);
  const stored = await settledCount(folder);
  const computedBefore = computedIn(folder);
  const resumed = await runCli(["resume", "j", "--engine", "local", "--json"], { cwd });
  expect(resumed.stderr).toBe("");
  expect(JSON.parse(resumed.stdout)).toMatchObject({ state: "complete", round: 1, engine: "local" });
  expect(resumed.code).toBe(0);
  expect(computedIn(folder) - computedBefore).toBe(CHUNKS - stored);
  expect(await isWhole(cwd)).toBe(true);
  expect(claimsIn(folder)).toEqual([]);
});

test("a tolerated share of failed chunks is exit code 0, and no more than that", async () => {
  const request: JobRequest = {
    ...{ kernel: "poison", chunk: [10, 10], chunksPerMessage: 1, output: { plots: false } },
    grid: {
      axes: [
        { from: 1.3, to: -1.3, count: 50 },
        { from: -2.13, to: 0.77, count: 40 },
      ],
    },
  };
  const { summary } = await runEngine(misbehavingEngine(), { ...request, allowMissing: 0.05 });
  expect(summary).toMatchObject({ state: "incomplete", tolerated: true, chunks: { failed: 1, total: 20 } });
  const strict = await runEngine(misbehavingEngine(), { ...request, allowMissing: 0.049 });
  expect(strict.summary).toMatchObject({ state: "incomplete", tolerated: false });
  // What poisoned it is gone where the plain kernel computes, as after a mended bug: only that chunk is computed.
  const job = JSON.parse(readFileSync(join(strict.folder, "job.json"), "utf8"));
  writeFileSync(
    join(strict.folder, "job.json"),
    JSON.stringify({ ...job, spec: { ...job.spec, kernel: "mandelbrot" } }),
  );
  const retried = await runCli(["retry", strict.folder, "--engine", "serial", "--json"]);
  expect(JSON.parse(retried.stdout)).toMatchObject({ state: "complete", round: 1, failures: [] });
  const whole = await runEngine(serial, { ...request, kernel: "mandelbrot" });
  expect(sameBytes(await storedArray(strict.store, "job"), whole.array)).toBe(true);
});

test.each([
  [["resume", "nobody"], 'Expected job to be a job\'s folder, or the id of one below results/, got "nobody"'],
  [["resume", "/"], "Expected job to be a job's folder"],
  [
    ["cancel", "../x"],
    'Expected job to be a job\'s folder, or the id of one below results/, got "../x", where there is no readable job.json.',
  ],
  [["resume", "j", "--engine", "nosuch"], "Expected --engine to be one of"],
  [["run", "--allow-missing", "2"], 'Expected --allow-missing to be a share such as 0.01 or 1%, got "2".'],
  [["run", "--allow-missing", "all"], "Expected --allow-missing to be a share"],
])("%s is refused with a sentence", async (args, sentence) => {
  const { code, stderr } = await runCli(args, { cwd: temporaryFolder() });
  expect(stderr).toContain(sentence);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(code).toBe(2);
});
