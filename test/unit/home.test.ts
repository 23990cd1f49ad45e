/** Users whose home is another's, as after `sudo -u`, or who have none, as in a container: each command starts all the same. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { isUnderNohup } from "../../cli/terminal/callers.ts";
import { runningIn } from "../../client/job-folder/claim/claim.ts";
import { ownDataFolder } from "../../client/prices/own-data.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A place that nobody can look into, root neither. */
function closed(): string {
  const path = join(temporaryFolder(), "closed");
  symlinkSync(path, path);
  return path;
}

test("a home that one may not look into has no output of nohup's", () => {
  vi.stubEnv("_", "node");
  vi.stubEnv("HOME", closed());
  expect(isUnderNohup()).toBe(false);
});

test("who has no home has its data below the root", () => {
  vi.stubEnv("_", "node");
  vi.spyOn(process.getBuiltinModule("node:os"), "homedir").mockImplementation(() => {
    throw new Error("A system error occurred: uv_os_homedir returned ENOENT");
  });
  expect(isUnderNohup()).toBe(false);
  expect(ownDataFolder({})).toMatch(/^\/(\.local\/share|Library\/Application Support)\/manyhands$/);
});

test("nobody runs in a folder that one may not look into", async () => {
  expect(await runningIn(closed())).toBeUndefined();
  expect(await runningIn(join(closed(), "job"))).toBeUndefined();
});
