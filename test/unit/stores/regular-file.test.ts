import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readRegularFile } from "../../../shared/ports/file/regular-file.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

async function listenOn(path: string): Promise<void> {
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  await once(server, "listening");
}

test("a file is read whole, and nothing where there is nothing", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "f"), "whole");
  expect(readRegularFile(join(folder, "f")).toString()).toBe("whole");
  expect(() => readRegularFile(join(folder, "g"))).toThrow("ENOENT");
});

test.each<[string, (path: string) => unknown]>([
  ["a FIFO", (path) => execFileSync("mkfifo", [path])],
  ["a folder", (path) => mkdirSync(path)],
  ["a link", (path) => symlinkSync("/etc/hostname", path)],
  ["a socket", listenOn],
])("%s is named with its path, at once", async (kind, make) => {
  const path = join(temporaryFolder(), "x");
  await make(path);
  expect(() => readRegularFile(path)).toThrow(InvalidInputError);
  expect(() => readRegularFile(path)).toThrow(`Expected ${path} to be a file, got ${kind}.`);
});

test("a device is none", () => {
  expect(() => readRegularFile("/dev/null")).toThrow("Expected /dev/null to be a file, got a device.");
});
