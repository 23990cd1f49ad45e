import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { claimsIn } from "../helpers/claims.ts";
import { runCli } from "../helpers/cli.ts";
import { chunksIn, startedJob } from "../helpers/stopped-job.ts";

test("a run whose folder was taken from it stops with a sentence, and what it stored goes on", async () => {
  // Longer than it takes to notice.
  const { cwd, folder, ended } = await startedJob("serial", 1, "--points", "120x120");
  const refused = await runCli(["resume", "j"], { cwd });
  expect(refused.stderr).toMatch(
    /^Expected job to be one that nobody is computing, got "results\/j", which process \d+ of host .* is at\. `manyhands cancel results\/j` stops it\.\n$/,
  );
  expect(refused.code).toBe(2);
  for (const file of claimsIn(folder)) rmSync(join(folder, file), { force: true });
  const { code, stderr } = await ended;
  expect(stderr).toMatch(/^Expected "results\/j" to stay with this process, its claim was removed: .*\n$/);
  expect(code).toBe(1);
  expect(chunksIn(folder).length).toBeGreaterThan(0);
  expect(claimsIn(folder)).toEqual([]);
});
