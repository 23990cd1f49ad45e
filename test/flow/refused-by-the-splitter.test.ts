import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { localEngine } from "../../client/engines/local.ts";
import { describeError, isPermanent } from "../../shared/validation/errors.ts";
import { runCli } from "../helpers/cli.ts";
import { runEngine } from "../helpers/run-engine.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

test("what the splitter refuses for good is bad input on engine local too, in its own words", async () => {
  const refusal = await runEngine(localEngine(), { kernel: "nosuch" }).catch((error: unknown) => error);
  expect(isPermanent(refusal)).toBe(true);
  expect(describeError(refusal)).toMatch(/^Expected kernel to be one of .*, got "nosuch"/);
});

test.each(["threads", "local"])(
  "on engine %s a folder in an object's place is bad input, which names it",
  async (engine) => {
    const cwd = temporaryFolder();
    await runCli(["run", "--points", "9x9", "--no-plots", "--engine", "serial", "--job-id", "j", "-q"], {
      cwd,
    });
    const path = join(cwd, "results/j/array/x/c/0");
    rmSync(path);
    mkdirSync(path);
    const { code, stderr } = await runCli(["resume", "j", "--engine", engine, "-q"], { cwd });
    expect(stderr).toContain("array/x/c/0 to be a file, got a folder.");
    expect(code).toBe(2);
  },
);

test("a job none of whose chunks can be computed in time is refused, with exit code 2 and nothing begun", async () => {
  const cwd = temporaryFolder();
  const huge = ["--points", "4000x4000", "--chunk", "4000x4000", "--time-step", "0.001"];
  const { code, stderr } = await runCli(["run", "double-pendulum", ...huge, "--engine", "local", "-q"], {
    cwd,
  });
  expect(stderr).toMatch(/^Expected chunk to be .* timeout of 900 s, got .* to \d+ s each\. Give smaller/);
  expect(code).toBe(2);
  expect(existsSync(join(cwd, "results")) ? readdirSync(join(cwd, "results")) : []).toEqual([]);
});
