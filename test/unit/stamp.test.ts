import { utimesSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { isFresh, writeStamp } from "../../tools/bundling/stamp.js";
import { temporaryFolder } from "../helpers/temporary.ts";

const ROOT = join(import.meta.dirname, "../..");
const HOUR_MS = 3_600_000;

/** A folder with a stamp of a build that began a while after its input was changed, or before. */
function built({ changedMs, beganMs }: { readonly changedMs: number; readonly beganMs: number }) {
  const folder = temporaryFolder();
  const path = join(folder, "input");
  writeFileSync(path, "input");
  utimesSync(path, changedMs / 1000, changedMs / 1000);
  const input = relative(ROOT, path);
  writeStamp(folder, beganMs, [input], [input]);
  return { folder, path };
}

test("a build is fresh until what it was made from changes", () => {
  const nowMs = Date.now();
  const { folder, path } = built({ changedMs: nowMs - HOUR_MS, beganMs: nowMs });
  expect(isFresh(folder)).toBe(true);
  writeFileSync(path, "another");
  expect(isFresh(folder)).toBe(false);
});

test("what changed while it was built is built again", () => {
  const nowMs = Date.now();
  const { folder } = built({ changedMs: nowMs - 1000, beganMs: nowMs - 2000 });
  expect(isFresh(folder)).toBe(false);
});

test("a file from the future is not built again at every start", () => {
  const nowMs = Date.now();
  const { folder } = built({ changedMs: nowMs + HOUR_MS, beganMs: nowMs });
  expect(isFresh(folder)).toBe(true);
});
