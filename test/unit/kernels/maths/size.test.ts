import { join } from "node:path";
import { buildSync } from "esbuild";
import { expect, test } from "vitest";

const MATHS = join(import.meta.dirname, "../../../../shared/kernels/maths");

/** Bytes of a minified bundle that exports these. */
function sizeOf(names: string): number {
  const contents = `export ${names} from "./index.ts";`;
  const stdin = { contents, resolveDir: MATHS, loader: "ts" } as const;
  const { outputFiles } = buildSync({ stdin, bundle: true, minify: true, format: "esm", write: false });
  return outputFiles[0]!.contents.length;
}

test("a bundle has the functions that it uses, with their tables, and no others", () => {
  expect(sizeOf("{ MATHS_VERSION }")).toBeLessThan(100);
  expect(sizeOf("{ atan }")).toBeLessThan(1_500);
  expect(sizeOf("{ sin }")).toBeLessThan(3_500);
  expect(sizeOf("{ exp, log }")).toBeLessThan(8_500);
  expect(sizeOf("*")).toBeLessThan(21_000);
});
