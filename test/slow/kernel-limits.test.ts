import { join } from "node:path";
import { expect, test } from "vitest";
import { buildKernel } from "../../tools/kernels/build-kernel.ts";
import { folderWith, pointFile } from "../helpers/kernel-file.ts";
import { expectSentence } from "../helpers/sentences.ts";

const LIMITS = { ms: 60_000, memoryMb: 64 };
const textOf = (name: string) => pointFile("return text.length;", `import text from "./${name}";`);

test.each([
  [
    "never ends at load",
    pointFile("return x;", "for (;;);"),
    { ...LIMITS, ms: 200 },
    "Expected mine.ts to be a file that loads within 0.2 s, got one that goes on.",
  ],
  [
    "takes all memory at load",
    pointFile("return x;", "const all: number[][] = [];\nfor (;;) all.push(new Array(1e5).fill(0.5));"),
    LIMITS,
    "Expected mine.ts to be a file that loads within 64 MB, got one that takes more.",
  ],
  [
    "would be a bundle of 6 MB",
    textOf("six.txt"),
    LIMITS,
    "Expected mine.ts with its imports to be at most 5 MB, got 6.0 MB.",
  ],
  ["imports 11 MB", textOf("eleven.txt"), LIMITS, "Expected eleven.txt to be at most 10 MB, got more."],
])("a file that %s is refused with a sentence", async (_, text, limits, said) => {
  const folder = folderWith({ "mine.ts": text, "six.txt": "6".repeat(6e6), "eleven.txt": "1".repeat(11e6) });
  const options = { folder: join(folder, "kept"), limits };
  const error = await buildKernel(join(folder, "mine.ts"), options).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: said, permanent: true });
  expectSentence(error);
});
