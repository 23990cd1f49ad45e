import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { program } from "../../cli/program.ts";
import { MAN_PAGE } from "../../tools/package/manifest.ts";
import { packed } from "../helpers/packed.ts";

const isThere = (command: string) => spawnSync(command, ["-h"]).error === undefined;
for (const name of ["mandoc", "man"].filter((each) => !isThere(each)))
  console.warn(`Skipped: there is no ${name}. On Debian, \`apt-get install mandoc man-db\` brings it.`);

const page = join(packed.folder, MAN_PAGE);

test("the package names its page as npm links it for man", () => {
  const { man } = JSON.parse(readFileSync(join(packed.folder, "package.json"), "utf8"));
  expect(man).toEqual([`./${MAN_PAGE}`]);
  expect(readFileSync(page, "utf8")).toMatch(/^\.TH MANYHANDS 1 /);
});

test.skipIf(!isThere("mandoc"))("mandoc finds nothing wrong with the package's page", () => {
  const { stdout, stderr } = spawnSync("mandoc", ["-Tlint", page], { encoding: "utf8" });
  expect(stdout + stderr).toBe("");
});

test.skipIf(!isThere("man"))(
  "man shows each command and each option of the program, without a warning",
  () => {
    const { stdout, stderr } = spawnSync("man", ["--warnings", "-l", page], {
      encoding: "utf8",
      env: { ...process.env, MANWIDTH: "200", LC_ALL: "C.UTF-8", MANROFFOPT: "-rHY=0" },
    });
    expect(stderr).toBe("");
    const shown = stdout.replace(/[\u2010\u2011\u2212]/g, "-");
    for (const command of program.commands) {
      expect(shown).toMatch(new RegExp(`^ {3}${command.name()}\\b`, "m"));
      for (const { long, hidden } of command.options) if (!hidden) expect(shown).toContain(long!);
    }
    for (const section of ["KERNELS", "EXIT STATUS", "ENVIRONMENT", "FILES"])
      expect(shown).toMatch(new RegExp(`^${section}$`, "m"));
  },
);
