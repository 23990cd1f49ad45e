import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DRIVER_VERSION } from "../../../shared/kernels/driver-version.ts";
import { checkWasm } from "../../../shared/kernels/wasm-file/check.ts";
import { readModule } from "../../../shared/kernels/wasm-file/module.ts";
import { buildWasm } from "../../../tools/kernels/build-wasm.ts";
import { folderWith } from "../../helpers/kernel-file.ts";
import { leb, MANIFEST, moduleOf, PRODUCT } from "../../helpers/wasm-module.ts";

const WITHIN = moduleOf({ functions: [PRODUCT], manifest: MANIFEST });

const mine = (files: Readonly<Record<string, Uint8Array | string>>) => join(folderWith(files), "mine.wasm");

test("a module with its manifest within is its own artifact, named after its file", async () => {
  const path = mine({ "mine.wasm": WITHIN });
  const kernel = await buildWasm(path);
  expect(kernel).toMatchObject({ kind: "wasm", name: "mine", path });
  expect(kernel.declaration).toEqual({
    about: "a product",
    form: "point",
    inputs: {
      x: { kind: "number", about: "", unit: "", from: 0, to: 4 },
      y: { kind: "number", about: "", unit: "", from: 0, to: 4 },
    },
    values: [{ name: "product", about: "", unit: "", dtype: ["float64", "float32"] }],
  });
  expect(kernel.artifact).toEqual(WITHIN);
  const hash = createHash("sha256").update(WITHIN).update(`wasm ${DRIVER_VERSION}`).digest("hex");
  expect(kernel.hash).toBe(hash);
});

test("a manifest beside the module makes the same artifact, however it is laid out", async () => {
  const bare = moduleOf({ functions: [PRODUCT] });
  const beside = mine({ "mine.wasm": bare, "mine.json": JSON.stringify(MANIFEST, undefined, 2) });
  const { hash, artifact } = await buildWasm(beside);
  expect(artifact).toEqual(WITHIN);
  expect(hash).toBe((await buildWasm(mine({ "mine.wasm": WITHIN }))).hash);
  const renamed = mine({ "mine.wasm": bare, "mine.json": JSON.stringify({ ...MANIFEST, name: "times" }) });
  expect((await buildWasm(renamed)).name).toBe("times");
});

test("a memory without a bound, or with a larger one, gets one of 256 MiB; a smaller one stays", () => {
  const bounded = (...limits: number[]) => {
    const bytes = moduleOf({ memories: [limits], functions: [PRODUCT], manifest: MANIFEST });
    const checked = checkWasm("mine.wasm", bytes, { name: "mine" }).bytes;
    expect(checkWasm("mine.wasm", checked, { name: "mine" }).bytes).toEqual(checked);
    expect(WebAssembly.validate(new Uint8Array(checked))).toBe(true);
    return readModule("mine.wasm", checked).memories[0];
  };
  expect(bounded(0, 2)).toMatchObject({ minimum: 2, maximum: 4096 });
  expect(bounded(1, 2, ...leb(65_536))).toMatchObject({ minimum: 2, maximum: 4096 });
  expect(bounded(1, 2, 3)).toMatchObject({ minimum: 2, maximum: 3 });
});

test("what is no kernel is refused with a sentence", async () => {
  const refusal = (path: string) =>
    buildWasm(path).catch((error: Error) => `${error.name}: ${error.message}`);
  const none = mine({});
  expect(await refusal(none)).toBe(
    `InvalidInputError: Expected the kernel's file to be one that can be read, got nothing at ${none}.`,
  );
  mkdirSync(none);
  expect(await refusal(none)).toBe(`InvalidInputError: Expected ${none} to be a file, got a folder.`);
  expect(await refusal(mine({ "mine.wasm": WITHIN, "mine.json": "{" }))).toBe(
    'InvalidInputError: Expected mine.json beside mine.wasm to be JSON, got "{".',
  );
  expect(await refusal(mine({ "mine.wasm": WITHIN, "mine.json": " ".repeat(70_000) }))).toMatch(
    /^TooLargeError: Expected .*mine.json to have at most 65536 bytes, it has more.$/,
  );
  const digit = join(folderWith({ "3.wasm": WITHIN }), "3.wasm");
  expect(await refusal(digit)).toContain(
    "Expected 3.wasm to be with a name that begins with a letter, got 3.",
  );
});
