import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const FIXTURE = join(import.meta.dirname, "../fixtures/old-layout/two-axes");

test.each([
  ["job.json", "status"],
  ["summary.json", "resume"],
])(
  "a folder whose %s a newer manyhands made is left as it is by %s, with a sentence",
  async (name, command) => {
    const cwd = temporaryFolder();
    const folder = join(cwd, "results/old-two-axes");
    cpSync(FIXTURE, folder, { recursive: true });
    const path = join(folder, name);
    const newer = JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), version: 3, later: true });
    writeFileSync(path, newer);
    const { code, stderr } = await runCli(
      [command, folder, ...(command === "resume" ? ["--engine", "serial", "--force"] : [])],
      { cwd },
    );
    expect(stderr).toMatch(
      /^Expected .*\.json to be of version 2, got one made by a newer manyhands \(version 3; this one reads up to 2\): update this one.*\.\n$/m,
    );
    expect(code).toBe(2);
    expect(readFileSync(path, "utf8")).toBe(newer);
  },
);
