/** Which file the library builds workers from. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { kernel } from "manyhands/kernel";
import { expect, test } from "vitest";
import { rememberedFile } from "../../../api/called-in.ts";
import { kernelAsked } from "../../../api/kernel-asked.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const ROOT = join(import.meta.dirname, "../../..");
const MAGNETS = join(ROOT, "examples/kernels/magnets/magnets.ts");

/** A folder from which files find the package. */
function folderWithPackage(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/manyhands"));
  return folder;
}

test("kernel() notes the module that called it, which no listing of the kernel's fields shows", async () => {
  const spot = kernel({ inputs: { x: { from: 0, to: 1 } }, value: { name: "price" }, point: ({ x }) => x });
  expect(rememberedFile(spot)?.replace("file://", "")).toBe(import.meta.filename);
  expect(Object.keys(spot)).toEqual(["inputs", "value", "point", "kind"]);
});

test("a kernel is the one of its file, as is its path and its URL", async () => {
  const { default: magnets } = await import("../../../examples/kernels/magnets/magnets.ts");
  const found = await Promise.all(
    [magnets, MAGNETS, pathToFileURL(MAGNETS)].map((each) => kernelAsked(each)),
  );
  expect(new Set(found.map(({ file }) => file))).toEqual(new Set([MAGNETS]));
  expect(new Set(found.map(({ kernel: { hash } }) => hash)).size).toBe(1);
});

test("a kernel without a file is refused, with the form that has one", async () => {
  const text = `import { kernel } from ${JSON.stringify(pathToFileURL(join(ROOT, "api/kernel.ts")).href)};
    export default kernel({ inputs: { x: { from: 0, to: 1 } }, value: { name: "v" }, point: ({ x }) => x });`;
  const { default: spot } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  await expect(kernelAsked(spot)).rejects.toThrow(
    /^Expected the kernel to be one from a file, which workers are built from, got one made in "data:.*pass its path: `run\("\.\/mine\.ts"\)`\.$/,
  );
  const bare = { kind: "kernel", inputs: {}, value: { name: "v" }, point: () => 1 } as never;
  await expect(kernelAsked(bare)).rejects.toThrow("got one of an unknown place.");
});

test("a kernel that is not its file's default export is refused, with the form that names a file", async () => {
  const path = join(folderWithPackage(), "two.ts");
  writeFileSync(
    path,
    `import { kernel } from "manyhands/kernel";
     export const other = kernel({ inputs: { a: { from: 0, to: 1 } }, value: { name: "v" }, point: ({ a }) => a });
     export default kernel({ inputs: { b: { from: 0, to: 1 } }, value: { name: "v" }, point: ({ b }) => b });`,
  );
  const { other } = await import(pathToFileURL(path).href);
  await expect(kernelAsked(other)).rejects.toThrow("to be the default export of");
});

test("a URL of another kind is refused", async () => {
  await expect(kernelAsked("https://example.com/spot.ts")).rejects.toThrow(
    'Expected kernel to be a path, or a URL that begins with file:, got "https://example.com/spot.ts".',
  );
});
