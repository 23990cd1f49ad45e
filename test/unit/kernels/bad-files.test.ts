import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildKernel } from "../../../tools/kernels/build-kernel.ts";
import { folderWith, pointFile } from "../../helpers/kernel-file.ts";
import { expectSentence } from "../../helpers/sentences.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

async function refusalOf(files: Files, name = "mine.ts"): Promise<Error> {
  const folder = folderWith(files);
  const error = await buildKernel(join(folder, name), { folder: join(folder, "kept") }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ permanent: true });
  return error as Error;
}

const mine = (text: string, others: Files = {}): Files => ({ "mine.ts": text, ...others });
const at = (before: string) => mine(pointFile("return x;", before));

test.each<[what: string, files: Files, said: string]>([
  ["an empty file", mine(" \n"), "Expected mine.ts to be a kernel's file, got an empty one."],
  [
    "a file without an export",
    mine("const x = 1;"),
    "Expected the default export of mine.ts to be made by kernel() or task() of manyhands/kernel, got nothing.",
  ],
  [
    "a wrong field",
    mine(pointFile("return x;").replace("to: 1", "to: 0")),
    "Expected mine.ts inputs.x.to to be another number than from, got 0.",
  ],
  [
    "an enum with a power",
    at("/* enum A { ** } */\nenum Two {\n  Root = 2 ** 0.5,\n}\nTwo;"),
    "Expected mine.ts:4 to be an enum without **, got one with it. Math.pow is the same.",
  ],
  [
    "an enum with a power after a brace in quotes",
    at('enum E { a = "}" as any, b = 3.3 ** 0.7 }\nE;'),
    "Expected mine.ts:2 to be an enum without **",
  ],
  [
    "a syntax error",
    mine("export default {\n  point: ) };"),
    'Expected mine.ts:2:10 to be TypeScript or JavaScript that can be bundled, got this: Unexpected ")".',
  ],
  ["a syntax error after umlauts", mine('export default "äöü" ) ;'), "mine.ts:1:22"],
  ["a syntax error in an import", at('import "./lib/a.ts";'), "Expected lib/a.ts:1:8"],
  [
    "an import of what is not there",
    at('import { a } from "./nowhere.ts";\na();'),
    'Expected mine.ts:2:19 to be TypeScript or JavaScript that can be bundled, got this: Could not resolve "./nowhere.ts".',
  ],
  [
    "an import of a package that is not there",
    at('import { a } from "nowhere";\na();'),
    'Could not resolve "nowhere"',
  ],
  [
    "an import of what a file does not export",
    at('import { b } from "./b.js";\nconsole.log(b);'),
    "mine.ts:2:10",
  ],
  [
    "a kernel with Node's modules",
    at('import { readFileSync } from "node:fs";\nreadFileSync;'),
    "Expected mine.ts:2:30 to be an import of a file or a package, got node:fs. A kernel computes from its inputs alone; a task may use Node's modules.",
  ],
  ["a kernel with Node's modules by their old names", at('import * as fs from "fs";\nfs;'), "got fs."],
  ["a kernel whose import has Node's modules", at('import { c } from "./c.js";\nc;'), "Expected c.js:1:27"],
  ["a require of Node's modules", at('const os = require("os");'), "Expected mine.ts:2:20"],
  [
    "an import of a name",
    at("const load = (name: string) => import(name);\nload;"),
    "Expected mine.ts:2:32 to be an import of a name in quotes, got const load = (name: string) => import(name);. What a kernel imports",
  ],
  [
    "a require of a name",
    at("declare const require: any;\nconst load = (name: string) => require(name);\nload;"),
    "Expected mine.ts:3:32",
  ],
  ["an import of a picture", at('import a from "./a.png";\na;'), "mine.ts:2:15"],
  ["an await at the top", at("await null;"), "Expected mine.ts:2:1"],
  [
    "a file that throws at load",
    at('const f = () => {\n  throw new RangeError("no \\x1b[31mred");\n};\nf();'),
    "Expected mine.ts to be a file that loads, got RangeError: no \\x1b[31mred at mine.ts:3.",
  ],
  ["an import that throws at load", at('import "./d.js";'), "got Error: d at d.js:2."],
  ["a file that throws what has no text", at("throw Object.create(null);"), "got a value that has no text."],
  [
    "a task that ends its process",
    mine(
      'import { task } from "manyhands/kernel";\nprocess.exit(0);\nexport default task({ task: () => 1 });',
    ),
    "got KernelError: Expected a task to give a value or to throw, got a call of process.exit at mine.ts:2.",
  ],
  [
    "bytes that are no text",
    { "mine.ts": Uint8Array.of(0x2f, 0x2f, 0xff, 0xfe) },
    "Expected mine.ts to be text in UTF-8, got bytes that are none.",
  ],
  ["an import of bytes that are no text", at('import "./g.js";'), "Expected g.js to be text in UTF-8"],
])("%s: a sentence", async (_, files, said) => {
  const others = {
    "lib/a.ts": "export )",
    "b.js": "export const a = 1;",
    "c.js": 'import { cpus as c } from "node:os";\nexport { c };',
    "d.js": 'const d = "d";\nthrow new Error(d);',
    "g.js": Uint8Array.of(0x2f, 0x2f, 0xff, 0xfe),
    "a.png": "",
  };
  const error = await refusalOf({ ...others, ...files });
  expect(error.message).toContain(said);
  // What the file itself threw is quoted with its error's name.
  if (!/loads, got/.test(error.message)) expectSentence(error);
  expect(error.message).not.toMatch(/[^\P{Cc}]|manyhands-[0-9a-f]{16}/u);
});

test("what is no file of the kind: a sentence", async () => {
  const folder = folderWith({ "notes.md": "", "hidden.ts": pointFile("return x;") });
  mkdirSync(join(folder, "folder.ts"));
  execFileSync("mkfifo", [join(folder, "fifo.ts")]);
  chmodSync(join(folder, "hidden.ts"), 0o000);
  const said: Record<string, string> = {};
  for (const name of [
    "nothing.ts",
    "notes.md/a.ts",
    "notes.md",
    "folder.ts",
    "fifo.ts",
    "hidden.ts",
    "a\u202eb.ts",
  ]) {
    const error = await buildKernel(join(folder, name)).catch((thrown: unknown) => thrown);
    if (error instanceof Error) {
      expectSentence(error);
      said[name] = error.message.replaceAll(folder, "…");
    }
  }
  expect(said).toEqual({
    "nothing.ts": "Expected the kernel's file to be one that can be read, got nothing at …/nothing.ts.",
    "notes.md/a.ts": "Expected the kernel's file to be one that can be read, got nothing at …/notes.md/a.ts.",
    "notes.md":
      "Expected the kernel's file to be a file of .ts, .mts, .cts, .js, .mjs, .cjs, .wasm, .py, got …/notes.md.",
    "folder.ts": "Expected …/folder.ts to be a kernel's file, got a folder.",
    "fifo.ts": "Expected …/fifo.ts to be a kernel's file, got a FIFO.",
    // Who is root reads it all the same.
    ...(process.getuid?.() !== 0 && {
      "hidden.ts":
        "Expected the kernel's file to be one that can be read, got no permission to read …/hidden.ts.",
    }),
    "a\u202eb.ts": "Expected the kernel's file to be one that can be read, got nothing at …/a\\u202eb.ts.",
  });
});

test("a file whose name gives no kernel's name: the sentence says how to name it", async () => {
  const error = await refusalOf({ "3d.ts": pointFile("return x;") }, "3d.ts");
  expect(error.message).toBe(
    'Expected 3d.ts to be with a name that begins with a letter, got 3d. The kernel can have a name of its own: `name: "…"`.',
  );
});
