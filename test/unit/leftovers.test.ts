import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { prepareFolder } from "../../client/job-folder/folder.ts";
import { openJobFolder } from "../../client/job-folder/job-folder.ts";
import { removeLeftovers } from "../../client/job-folder/leftovers.ts";
import { temporaryFor } from "../../shared/ports/file/temporaries.ts";
import { leaveClaim } from "../helpers/claims.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

let folder: string;

function write(name: string, text = ""): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

/** All that a run may have left that was killed before it had stored its job. */
beforeEach(() => {
  folder = temporaryFolder();
  leaveClaim(folder);
  write("running.pid", "999999999");
  for (const log of ["splitter-1", "worker-12", "aggregator-1"]) write(`logs/${log}.log`, "a line\n");
  write(temporaryFor("job.json"));
});

test("a run that stored nothing leaves a folder that another one may be written to", () => {
  prepareFolder(folder, "--out");
  removeLeftovers(folder);
  // Claims stay: the process that claims the folder looks at them.
  expect(readdirSync(folder)).toEqual(["running-00000000deadbeef.json", "running.pid"]);
});

test.each([
  ["a file of another name", () => write("notes.txt")],
  ["a log of somebody else's", () => write("logs/app.log")],
  ["a folder in a log's place", () => mkdirSync(join(folder, "logs/worker-1.log.d"))],
  ["a chunk", () => write("array/escape_time/c/0/0")],
  ["the metadata of an array", () => write("array/zarr.json", "{}")],
  ["an unfinished file of another program", () => write("array/x.tmp")],
  ["a link", () => symlinkSync("/dev/null", join(folder, "logs/worker-2.log"))],
  ["a link in a folder's place", () => symlinkSync("/", join(folder, "rejected"))],
  ["a claim that is no file", () => symlinkSync("/", join(folder, `running-${"0".repeat(16)}.json`))],
  ["a link in the place of the job", () => symlinkSync("/nowhere", join(folder, "job.json"))],
])("with %s in it, it is nobody's to overwrite", (_, put) => {
  put();
  expect(() => prepareFolder(folder, "--out")).toThrow("which has other files in it");
});

test("what is not ours stays", () => {
  write("logs/app.log");
  write("array/escape_time/c/0/0", "a chunk");
  removeLeftovers(folder);
  expect(existsSync(join(folder, "logs/app.log"))).toBe(true);
  expect(existsSync(join(folder, "array/escape_time/c/0/0"))).toBe(true);
});

test("resume says that nothing was stored, and how to begin again", async () => {
  await expect(openJobFolder(folder)).rejects.toThrow(
    /^Expected job to be a job's folder, .*, where a run was ended before it had stored anything\. Run it again: with --out \S+ in that folder\.$/,
  );
  write("notes.txt");
  await expect(openJobFolder(folder)).rejects.toThrow("where there is no readable job.json");
});
