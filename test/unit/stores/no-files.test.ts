import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Folder } from "../../../shared/ports/file/folder.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const KEY = "jobs/j/array/escape_time/c/0";
const BYTES = Buffer.from("ours");

describe.each<[string, (path: string) => unknown]>([
  ["a FIFO", (path) => execFileSync("mkfifo", [path])],
  ["a link", (path) => symlinkSync("nowhere", path)],
  ["a folder", (path) => mkdirSync(path)],
])("%s in the place of an object", (kind, make) => {
  function taken() {
    const job = temporaryFolder();
    const path = join(job, "array/escape_time/c/0");
    mkdirSync(join(path, ".."), { recursive: true });
    make(path);
    return { path, folder: new Folder({ "jobs/j/": job }) };
  }

  test("is not listed, has no size, and is named to whoever would read it", () => {
    const { path, folder } = taken();
    expect(folder.list("jobs/j/array/")).toEqual([]);
    expect(folder.size(KEY)).toBeUndefined();
    expect(() => folder.read(KEY)).toThrow(InvalidInputError);
    expect(() => folder.read(KEY)).toThrow(`Expected ${path} to be a file, got ${kind}.`);
  });

  test("is named to whoever stores only where nothing is, and stays: there is no chunk, and it does not exist already", () => {
    const { path, folder } = taken();
    const before = lstatSync(path).ino;
    const wanted = `Expected ${path} to be a file, got ${kind}.`;
    expect(() => folder.writeIfAbsent(KEY, BYTES)).toThrow(wanted);
    const upload = folder.open(KEY);
    upload.append(BYTES);
    expect(() => upload.commitIfAbsent()).toThrow(wanted);
    expect(lstatSync(path).ino).toBe(before);
    expect(readdirSync(join(path, ".."))).toEqual(["0"]);
  });

  test("makes way for what is written over it, but for a folder", () => {
    const { path, folder } = taken();
    const wanted = kind === "a folder" ? `Expected ${path} to be a file, got a folder.` : undefined;
    const replace = () => folder.write(KEY, BYTES);
    const upload = folder.open(KEY);
    if (wanted) {
      expect(replace).toThrow(wanted);
      expect(() => upload.commit()).toThrow(wanted);
    } else {
      replace();
      upload.commit();
      expect(lstatSync(path).isFile()).toBe(true);
    }
    expect(readdirSync(join(path, ".."))).toEqual(["0"]);
  });
});

test("a FIFO in the place of a folder is named, to read and to write", () => {
  const job = temporaryFolder();
  execFileSync("mkfifo", [join(job, "array")]);
  const folder = new Folder({ "jobs/j/": job });
  const wanted = `Expected the way to a file to be of folders, got ${job}/array, which is a FIFO.`;
  for (const use of [
    () => folder.read(KEY),
    () => folder.write(KEY, BYTES),
    () => folder.list("jobs/j/array/escape_time/c/"),
  ])
    expect(use).toThrow(wanted);
});
