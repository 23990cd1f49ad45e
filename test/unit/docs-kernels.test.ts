import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { exportedBy } from "../../shared/kernels/artifact.ts";
import type { KernelSource } from "../../shared/kernels/authoring.ts";
import { checkSource } from "../../shared/kernels/check-declaration.ts";
import { declare } from "../../shared/kernels/declare.ts";
import { computeOf } from "../../shared/kernels/driver.ts";
import { outlineOf } from "../../shared/kernels/outline.ts";
import { bundleKernel } from "../../tools/kernels/bundle-kernel.ts";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "docs-kernels-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The whole kernels that a page shows. */
const shownBy = (page: string) =>
  [...readFileSync(join(ROOT, page), "utf8").matchAll(/^```ts\n(import \{ kernel \}.*?)^```$/gms)].map(
    ([, text = ""]) => text,
  );

/** Two points along each input that is swept by default, the others at their defaults. */
async function cellsOf(text: string): Promise<number[][]> {
  const path = join(folder, "shown.ts");
  writeFileSync(path, text);
  const { code } = await bundleKernel(path, "kernel");
  const source = exportedBy(code) as KernelSource;
  const { declaration } = declare(checkSource(outlineOf(source), "shown.ts"), "shown");
  const inputs = Object.entries(declaration.inputs);
  const axes = inputs.flatMap(([input, each]) =>
    each.kind === "number" && each.from !== undefined
      ? [{ input, values: Float64Array.of(each.from, (each.from + each.to!) / 2) }]
      : [],
  );
  const parameters = Object.fromEntries(
    inputs.flatMap(([input, { default: value }]) => (value === undefined ? [] : [[input, value]])),
  );
  const shape = axes.map(() => 2);
  const out = declaration.values.map(() => new Float64Array(2 ** axes.length));
  computeOf(source, declaration)({ parameters, axes, from: axes.map(() => 0), shape, seed: 1 }, out);
  return out.map((values) => [...values]);
}

test.each([
  ["README.md", 1],
  ["docs/kernels.md", 3],
])("the kernels that %s shows can be built and computed", async (page, count) => {
  const shown = shownBy(page);
  expect(shown).toHaveLength(count);
  for (const text of shown)
    for (const values of await cellsOf(text)) {
      expect(values.every(Number.isFinite)).toBe(true);
      expect(new Set(values).size).toBeGreaterThan(1);
    }
});
