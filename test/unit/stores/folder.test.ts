import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Folder } from "../../../shared/ports/file/folder.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

test("a job's prefix is a folder of its own", () => {
  const folder = temporaryFolder();
  new Folder({ "jobs/j1/": folder }).write("jobs/j1/array/escape_time/c/0/0", Buffer.from("x"));
  expect(readdirSync(join(folder, "array/escape_time/c/0"))).toEqual(["0"]);
});

test("no key reaches outside the folder", () => {
  const folder = new Folder({ "jobs/j1/": temporaryFolder() });
  for (const key of [
    "jobs/j1/../x",
    "jobs/j1//x",
    "jobs/j2/x",
    "/etc/passwd",
    "jobs/j1/a\0b",
    "jobs/j1/.",
    "",
  ]) {
    expect(() => folder.write(key, Buffer.from("x")), key).toThrow(InvalidInputError);
    expect(() => folder.read(key), key).toThrow(InvalidInputError);
  }
});

test("what a crash left half-written is neither listed nor read", () => {
  const path = temporaryFolder();
  const folder = new Folder({ "": path });
  folder.write("whole", Buffer.from("x"));
  writeFileSync(join(path, "half.123-0-0.tmp"), "hal");
  expect(folder.list("")).toEqual(["whole"]);
  expect(folder.read("half")).toBeUndefined();
});

test("a file that is not committed does not become an object", () => {
  const path = temporaryFolder();
  const folder = new Folder({ "": path });
  const file = folder.open("npy");
  file.append(Buffer.from("part"));
  expect(folder.list("")).toEqual([]);
  file.abort();
  expect(readdirSync(path)).toEqual([]);
});

test("what is no key of ours is passed over, a file or a folder, whatever put it there", () => {
  const path = temporaryFolder();
  const folder = new Folder({ "jobs/j/": path });
  folder.write("jobs/j/array/escape_time/c/0/0", Buffer.from("x"));
  const names = ["0 (conflicted copy)", "0~", "é", ".nfs0001", ".DS_Store", "a\nb", "%00"].map((name) =>
    Buffer.from(name),
  );
  for (const name of [...names, Buffer.from([0x30, 0xff])]) {
    writeFileSync(Buffer.concat([Buffer.from(`${path}/array/escape_time/c/0/`), name]), "odd");
    const odd = Buffer.concat([Buffer.from(`${path}/array/escape_time/c/`), name]);
    mkdirSync(odd);
    writeFileSync(Buffer.concat([odd, Buffer.from("/0")]), "odd");
  }
  expect(folder.list("jobs/j/")).toEqual(["jobs/j/array/escape_time/c/0/0"]);
  for (const key of folder.list("jobs/j/")) expect(folder.size(key)).toBe(1);
});
