import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Progress } from "../../api/progress.ts";
import type { Runner } from "../../client/engines/engine.ts";
import { localEngine } from "../../client/engines/local.ts";
import { serial } from "../../client/engines/serial.ts";
import { threadsEngine } from "../../client/engines/threads.ts";
import { resumption } from "../../shared/messages/resumption.ts";
import { runCli } from "../helpers/cli.ts";
import { runEngine } from "../helpers/run-engine.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const RUN = ["run", "--size", "60", "--chunk", "10x10", "--no-plots", "--quiet", "--job-id", "j"];

/** A complete job of nine chunks in results/j. */
async function completeJob() {
  const cwd = temporaryFolder();
  expect((await runCli([...RUN, "--engine", "serial"], { cwd })).code).toBe(0);
  const folder = join(cwd, "results/j");
  const array = readFileSync(join(folder, "array/escape_time/c/1/1"));
  const summary = () => JSON.parse(readFileSync(join(folder, "summary.json"), "utf8"));
  return { cwd, folder, array, summary, path: (name: string) => join(folder, name) };
}

test.each(["local", "threads", "serial"])(
  "on engine %s odd names in a job's folder are passed over",
  async (engine) => {
    const { cwd, path, array, summary } = await completeJob();
    for (const name of [
      "array/escape_time/c/0/0 (conflicted copy)",
      "array/escape_time/c/1/0~",
      "array/escape_time/c/é",
      "reports/.nfs0001",
      "control/a b",
    ]) {
      mkdirSync(join(path(name), ".."), { recursive: true });
      writeFileSync(path(name), "odd");
    }
    mkdirSync(path("array/escape_time/c/1 (copy)"));
    rmSync(path("array/escape_time/c/1/1"));
    expect(await runCli(["resume", "j", "--engine", engine, "--quiet"], { cwd })).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(readFileSync(path("array/escape_time/c/1/1"))).toEqual(array);
    expect(summary()).toMatchObject({ state: "complete", chunks: { total: 9, done: 9 } });
    if (engine !== "serial") return; // these have no engine
    for (const command of ["verify", "plot"]) expect((await runCli([command, "j"], { cwd })).code).toBe(0);
  },
);

test.each<[string, () => Runner]>([
  ["local", () => localEngine({ retryAfterSeconds: 0 })],
  ["threads", threadsEngine],
  ["serial", () => serial],
])("on engine %s a FIFO in a chunk's place is a failed chunk that names it", async (_, engine) => {
  const request = {
    ...{ kernel: "mandelbrot", chunk: [250, 250] as [number, number] },
    output: { plots: false },
  };
  const { folder } = await runEngine(serial, request);
  const path = join(folder, "array/escape_time/c/1/1");
  rmSync(path);
  execFileSync("mkfifo", [path]);
  const { summary } = await engine()({
    ...{ jobId: "job", request: resumption("job"), folder, workers: 2 },
    ...{ progress: new Progress(4, 250_000), signal: new AbortController().signal },
  });
  expect(summary).toMatchObject({ state: "incomplete", chunks: { total: 4, failed: 1 } });
  expect(summary.failures[0]?.error).toContain(`${path} to be a file, got a FIFO.`);
});

test.each([
  ["summary.json", (path: string) => writeFileSync(path, "")],
  ["summary.json", (path: string) => truncateSync(path, 100)],
  ["array/zarr.json", (path: string) => writeFileSync(path, new Uint8Array(200))],
  ["reports", (path: string) => readdirSync(path).map((name) => writeFileSync(join(path, name), "{"))],
])("what is derived is made again where it is damaged: %s", async (name, damage) => {
  const { cwd, path } = await completeJob();
  const whole = name === "reports" ? undefined : readFileSync(path(name), "utf8");
  damage(path(name));
  expect((await runCli(["resume", "j", "--engine", "serial", "--quiet"], { cwd })).code).toBe(0);
  if (whole) expect(readFileSync(path(name), "utf8")).toBe(whole);
  expect((await runCli(["plot", "j"], { cwd })).code).toBe(0);
});

test.each(["local", "threads", "serial"])(
  "on engine %s a folder in place of what is made again is named before anything is computed",
  async (engine) => {
    const { cwd, path } = await completeJob();
    rmSync(path("array/escape_time/c/1/1"));
    for (const name of ["summary.json", "heatmap.png", "array/zarr.json"]) {
      rmSync(path(name), { force: true });
      mkdirSync(path(name));
      expect(await runCli(["resume", "j", "--engine", engine, "--quiet"], { cwd })).toMatchObject({
        ...{ code: 2, stderr: `Expected ${join("results/j", name)} to be a file, got a folder.\n` },
      });
      rmdirSync(path(name));
    }
  },
);
