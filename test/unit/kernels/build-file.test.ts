import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { buildFile } from "../../../tools/kernels/build-file.ts";
import { folderWith } from "../../helpers/kernel-file.ts";
import { ADD, MANIFEST, moduleOf, PRODUCT } from "../../helpers/wasm-module.ts";

const SOURCE = `import { kernel } from "manyhands/kernel";
export default kernel({
  inputs: { x: { from: 0, to: 4 }, y: { from: 0, to: 4 } },
  value: { name: "product" },
  fast: "./twin.wasm",
  point: ({ x, y }) => x * y,
});
`;

test("a kernel's hash covers its fast twin, which computes its cells", async () => {
  const path = join(
    folderWith({ "mine.ts": SOURCE, "twin.wasm": moduleOf({ functions: [PRODUCT], manifest: MANIFEST }) }),
    "mine.ts",
  );
  const before = await buildFile(path);
  expect(before.files).toEqual([`${before.hash}.cjs`, `${before.hash}.fast.wasm`]);
  expect((await buildFile(path)).hash).toBe(before.hash);
  const sum = { ...PRODUCT, code: [...PRODUCT.code.slice(0, -1), ADD] };
  writeFileSync(join(dirname(path), "twin.wasm"), moduleOf({ functions: [sum], manifest: MANIFEST }));
  expect((await buildFile(path)).hash).not.toBe(before.hash);
});
