import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mountsOf } from "../../../client/engines/engine.ts";
import { prepareFolder, prepareJobFolder } from "../../../client/job-folder/folder.ts";
import { SlotPool } from "../../../client/local/slots.ts";
import { Folder } from "../../../shared/ports/file/folder.ts";
import type { StoredJob } from "../../../shared/record/job.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const BYTES = Buffer.from("ours");

/** A job's folder, and another user's with a file in it that must stay as it is. */
function folders() {
  const [job, elsewhere] = [temporaryFolder(), temporaryFolder()];
  writeFileSync(join(elsewhere, "0"), "theirs");
  return { job, elsewhere, folder: () => new Folder(mountsOf("j", job)) };
}

function expectUntouched(elsewhere: string): void {
  expect(readdirSync(elsewhere)).toEqual(["0"]);
  expect(readFileSync(join(elsewhere, "0"), "utf8")).toBe("theirs");
}

describe("a job's folder in which somebody put a link", () => {
  test.each([
    ["in the place of a folder", "array", "jobs/j/array/escape_time/c/0"],
    ["in the place of a folder further down", "array/escape_time/c", "jobs/j/array/escape_time/c/0"],
    ["in the place of rejected/", "rejected", "rejected/0"],
  ])("%s: nothing goes through it, either way", (_, at, key) => {
    const { job, elsewhere, folder } = folders();
    mkdirSync(join(job, at, ".."), { recursive: true });
    symlinkSync(elsewhere, join(job, at));
    mkdirSync(join(elsewhere, "c"));
    for (const use of [
      () => folder().write(key, BYTES),
      () => folder().open(key),
      () => folder().read(key),
      () => folder().size(key),
      () => folder().remove(key),
      () => folder().list(key.slice(0, -1)),
    ]) {
      expect(use).toThrow(InvalidInputError);
      expect(use).toThrow(/^Expected the way to a file to be of folders, got .*, which is a link\.$/);
    }
    expect(readdirSync(elsewhere).sort()).toEqual(["0", "c"]);
    expect(readdirSync(join(elsewhere, "c"))).toEqual([]);
  });

  test("in the place of a file: it is no object, named to whoever reads it, and writing puts a file in its place", () => {
    const { job, elsewhere, folder } = folders();
    symlinkSync(join(elsewhere, "0"), join(job, "summary.json"));
    symlinkSync(join(elsewhere, "new"), join(job, "heatmap.png"));
    expect(folder().list("jobs/j/")).toEqual([]);
    expect(() => folder().read("jobs/j/summary.json")).toThrow(/summary\.json to be a file, got a link\.$/);
    expect(folder().size("jobs/j/summary.json")).toBeUndefined();
    folder().write("jobs/j/summary.json", BYTES);
    folder().write("jobs/j/heatmap.png", BYTES);
    expect(folder().list("jobs/j/")).toEqual(["jobs/j/heatmap.png", "jobs/j/summary.json"]);
    expectUntouched(elsewhere);
  });

  test("under the temporary names that a file has while it is written", () => {
    const { job, elsewhere, folder } = folders();
    // The names are counted: the next ones are known.
    folder().write("jobs/j/a", BYTES);
    for (let count = 0; count < 200; count++)
      symlinkSync(join(elsewhere, "0"), join(job, `b.${process.pid}-0-${count}.tmp`));
    folder().write("jobs/j/b", BYTES);
    const file = folder().open("jobs/j/b");
    file.append(BYTES);
    file.commit();
    expect(readFileSync(join(job, "b"), "utf8")).toBe("ours");
    expectUntouched(elsewhere);
  });

  test("is refused before anything of the job is fetched into it again", () => {
    const { job, elsewhere } = folders();
    const stored: StoredJob = { ...resolvedJob({ kernel: "julia" }, "j"), submittedAtMs: 1 };
    writeFileSync(join(job, "job.json"), JSON.stringify(stored));
    prepareFolder(job, "--out", stored);
    mkdirSync(join(job, "array/escape_time/c"), { recursive: true });
    symlinkSync(elsewhere, join(job, "array/escape_time/c/7"));
    expect(() => prepareFolder(job, "--out", stored)).toThrow(
      /--out .*which has a link in it, ".*array\/escape_t/,
    );
    expectUntouched(elsewhere);
  });
});

test("a link that leads to the job's folder is the user's own with --out, and refused in results/", () => {
  const [cwd, elsewhere] = [temporaryFolder(), temporaryFolder()];
  const before = process.cwd();
  process.chdir(cwd);
  try {
    mkdirSync("results");
    symlinkSync(elsewhere, "results/j");
    symlinkSync(join(elsewhere, "missing"), "results/dangling");
    for (const jobId of ["j", "dangling"])
      expect(() => prepareJobFolder(jobId, undefined)).toThrow(
        /to be a folder, got "results\/.*", which is a link/,
      );
    expect(prepareJobFolder("j", "results/j").folder).toBe("results/j");
    new Folder(mountsOf("j", "results/j")).write("jobs/j/array/escape_time/c/0", BYTES);
    expect(readFileSync(join(elsewhere, "array/escape_time/c/0"), "utf8")).toBe("ours");
    expect(existsSync(join(elsewhere, "missing"))).toBe(false);
  } finally {
    process.chdir(before);
  }
});

test("no log is written through a link, and no process started for it", async () => {
  const { job, elsewhere } = folders();
  const pool = (logs: string) =>
    new SlotPool({
      ...{ name: "worker", bundle: "none", program: "none", max: 1, timeoutMs: 1, environment: {} },
      ...{ logFolder: join(job, logs), cacheFolder: join(job, "cache") },
    });
  symlinkSync(elsewhere, join(job, "logs"));
  await expect(pool("logs").warm(1)).rejects.toThrow(InvalidInputError);
  mkdirSync(join(job, "own"));
  symlinkSync(join(elsewhere, "new"), join(job, "own/worker-1.log"));
  await expect(pool("own").warm(1)).rejects.toThrow("ELOOP");
  expectUntouched(elsewhere);
});
