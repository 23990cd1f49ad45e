import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { filesIn } from "../helpers/file-times.ts";
import { folderWith, pointFile } from "../helpers/kernel-file.ts";
import { expectSentence } from "../helpers/sentences.ts";

const input = (name: string) => pointFile("return x;").replace("x: {", `${name}: {`);
const text = (bytes: number) => `export const text = "${"a".repeat(bytes)}";`;
const PARTS = Array.from({ length: 7 }, (_, k) => k);
const imports = PARTS.map((k) => `import { text as text${k} } from "./part${k}.js";`).join("\n");
const sum = PARTS.map((k) => `text${k}.length`).join(" + ");

const BAD: readonly (readonly [name: string, contents: string | Uint8Array, sentence: string])[] = [
  [
    "no-export.ts",
    "const x = 1;",
    "the default export of no-export.ts to be made by kernel() or task() of manyhands/kernel, got nothing",
  ],
  [
    "shape.ts",
    "export default { inputs: {} };",
    'made by kernel() or task() of manyhands/kernel, got {"inputs":{}}',
  ],
  ["no-point.ts", pointFile("return x;").replace("point(", "pint("), "no-point.ts"],
  [
    "syntax.ts",
    "export default {\n  point: ) };",
    'syntax.ts:2:10 to be TypeScript or JavaScript that can be bundled, got this: Unexpected ")"',
  ],
  ["reserved.ts", input("out"), 'reserved.ts inputs to be free on the command line, got "out"'],
  ["no-option.ts", input("Max_it"), 'a lower-case letter first, got "Max_it"'],
  [
    "endless.ts",
    pointFile("return x;", "while (true) {}"),
    "endless.ts to be a file that loads within 10 s, got one that goes on",
  ],
  [
    "throws.ts",
    pointFile("return x;", "\nthrow new Error('oh no');"),
    "throws.ts to be a file that loads, got Error: oh no at throws.ts:3",
  ],
  ["large.ts", pointFile("return x;", text(50_000_000)), "large.ts to be at most 10 MB, got more"],
  [
    "bundle.ts",
    pointFile(`return x + ${sum};`, imports),
    "bundle.ts with its imports to be at most 5 MB, got 56.0 MB",
  ],
  [
    "bytes.ts",
    Uint8Array.of(0x2f, 0x2f, 0xff, 0xfe),
    "bytes.ts to be text in UTF-8, got bytes that are none",
  ],
];

test("bad files of a user's: one sentence each, exit code 2, and nothing begun", async () => {
  const parts = PARTS.map((k) => [`part${k}.js`, text(8_000_000)]);
  const files = Object.fromEntries(BAD.map(([name, contents]) => [name, contents]));
  const cwd = folderWith({ ...files, ...Object.fromEntries(parts) });
  mkdirSync(join(cwd, "folder.ts"));
  execFileSync("mkfifo", [join(cwd, "fifo.ts")]);
  const cases = [
    ...BAD.map(([name, , sentence]) => [name, sentence] as const),
    ["folder.ts", "./folder.ts to be a kernel's file, got a folder"] as const,
    ["fifo.ts", "./fifo.ts to be a kernel's file, got a FIFO"] as const,
    ["missing.ts", "got nothing at ./missing.ts"] as const,
  ];
  const before = filesIn(cwd).map(({ path }) => path);
  for (const [name, sentence] of cases)
    for (const command of ["run", "check"]) {
      const { code, stdout, stderr } = await runCli([command, `./${name}`, "--engine", "local"], { cwd });
      expect({ name, code, stdout }).toEqual({ name, code: 2, stdout: "" });
      expectSentence(stderr.replace(/\n$/, ""));
      expect(stderr).toMatch(/^Expected /);
      expect(stderr).toContain(sentence);
    }
  expect(filesIn(cwd).map(({ path }) => path)).toEqual(before);
});
