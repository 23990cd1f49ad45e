import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { localEngine } from "../../cli/engines/local.ts";
import { describeError, isPermanent } from "../../shared/errors.ts";
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
    const path = join(cwd, "results/j/array/re_c/c/0");
    rmSync(path);
    mkdirSync(path);
    const { code, stderr } = await runCli(["resume", "j", "--engine", engine, "-q"], { cwd });
    expect(stderr).toContain("array/re_c/c/0 to be a file, got a folder.");
    expect(code).toBe(2);
  },
);
