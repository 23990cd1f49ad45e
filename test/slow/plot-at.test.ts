import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

test("plot --at cuts a finished array elsewhere, and gives the picture that run --at gives", async () => {
  const folder = temporaryFolder();
  const run = [
    "run",
    "-q",
    "-e",
    "serial",
    "--points",
    "40x50",
    "--max-iterations",
    "5,50,500",
    "--chunk",
    "16x16x2",
  ];
  const picture = (name: string) => readFileSync(join(folder, name, "heatmap.png"));
  const at = ["--at", "max-iterations=480"];
  expect((await runCli([...run, "--out", join(folder, "asked"), ...at])).code).toBe(0);
  expect((await runCli([...run, "--out", join(folder, "middle")])).code).toBe(0);
  expect(picture("asked").equals(picture("middle"))).toBe(false);
  expect((await runCli(["plot", join(folder, "middle"), ...at])).code).toBe(0);
  expect(picture("asked").equals(picture("middle"))).toBe(true);
  const { code, stderr } = await runCli(["plot", join(folder, "middle"), "--at", "y=0"]);
  expect(code).toBe(2);
  expect(stderr).toBe(
    'Expected --at to be a place on an axis after the first two (maxIterations), got "y".\n',
  );
});
