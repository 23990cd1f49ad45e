import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { madeFolder } from "../../../tools/bundling/made-folder.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const NAME = `manyhands-${process.getuid?.()}`;

/** A cache that cannot be written, also by root: a file is in its place. */
function places() {
  const temporary = temporaryFolder();
  const cache = join(temporaryFolder(), "cache");
  writeFileSync(cache, "");
  return { cache, temporary };
}

test("what the package makes lies in the user's cache, a folder for each version", () => {
  const cache = join(temporaryFolder(), "not", "there", "yet");
  expect(madeFolder("1.2.3", { cache, temporary: temporaryFolder() })).toBe(join(cache, "manyhands/1.2.3"));
});

test("without a cache it lies in a temporary folder that others cannot enter", () => {
  const { cache, temporary } = places();
  expect(madeFolder("1.2.3", { cache, temporary })).toBe(join(temporary, NAME, "1.2.3"));
  expect(statSync(join(temporary, NAME)).mode & 0o777).toBe(0o700);
  expect(madeFolder("1.2.3", { cache, temporary })).toBe(join(temporary, NAME, "1.2.3"));
});

test.each([
  ["others may write to", (path: string) => mkdirSync(path) ?? chmodSync(path, 0o777)],
  ["is a link", (path: string) => symlinkSync(temporaryFolder(), path)],
  ["is a file", (path: string) => writeFileSync(path, "")],
])("a temporary folder that %s is not used: what lies there is run", (_, make) => {
  const { cache, temporary } = places();
  make(join(temporary, NAME));
  expect(madeFolder("1.2.3", { cache, temporary })).toBe(join(cache, "manyhands/1.2.3"));
});
