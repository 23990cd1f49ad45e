import fc from "fast-check";
import { expect, test } from "vitest";
import built from "#kernels.wasm";
import { instructionsOf } from "../../../shared/kernels/wasm-file/code.ts";
import { readModule } from "../../../shared/kernels/wasm-file/module.ts";
import { leb, list, section, wasm } from "../../helpers/wasm-module.ts";

const [END, BLOCK, I32, F64] = [0x0b, 0x02, 0x7f, 0x7c];

/** What the functions are, each by the codes of its instructions: `0xfd 12` is the 12th after the prefix 0xfd. */
function codes(bytes: Uint8Array<ArrayBuffer>): string[] {
  const functions: string[][] = [];
  for (const { function: index, prefix, code } of instructionsOf(readModule("mine.wasm", bytes))) {
    functions[index] ??= [];
    functions[index].push(prefix ? `${hex(prefix)} ${code}` : hex(code));
  }
  return functions.map((instructions) => instructions.join(", "));
}

const hex = (code: number) => `0x${code.toString(16)}`;

/** Types 0: () -> (), 1: an array of f64 that can change, 2: a structure of an i8 and an i32. A tag of type 0, a memory, a table. */
function moduleWith(body: readonly number[], ...locals: readonly number[][]) {
  const code = [...list(...locals), ...body, END];
  const types = list(
    [0x60, 0, 0],
    [0x4e, ...list([0x50, 0, 0x5e, F64, 1], [0x5f, ...list([0x78, 1], [I32, 0])])],
  );
  return wasm(
    section(1, types),
    section(3, list([0])),
    section(4, list([0x70, 0, 1])),
    section(5, list([0, 1])),
    section(13, list([0, 0])),
    section(9, list([3, 0x00, ...list([0])])),
    section(12, [1]),
    section(10, list([...leb(code.length), ...code])),
    section(11, list([1, 0])),
  );
}

/** Bodies by what follows their instructions' codes; each must be valid for the engine, which decodes it on its own. */
const BODIES: Readonly<Record<string, readonly [body: readonly number[], codes: string]>> = {
  "numbers that look like the end": [
    [0x41, ...[0x8b, 0x8b, END], 0x1a, 0x42, 0xff, 0x8b, 0x8b, 0x0b, 0x1a, 0x44, ...Array(8).fill(END), 0x1a],
    "0x41, 0x1a, 0x42, 0x1a, 0x44, 0x1a, 0xb",
  ],
  "vectors of constants, shuffled, and a lane": [
    [
      0xfd,
      12,
      ...Array(16).fill(END),
      0xfd,
      12,
      ...Array(16).fill(2),
      0xfd,
      13,
      ...Array(16).fill(END),
      0xfd,
      21,
      11,
      0x1a,
    ],
    "0xfd 12, 0xfd 12, 0xfd 13, 0xfd 21, 0x1a, 0xb",
  ],
  "a lane loaded at an offset": [
    [0x41, 0, 0xfd, 12, ...Array(16).fill(0), 0xfd, 84, 0, ...[0x8b, 0x0b], 11, 0x1a],
    "0x41, 0xfd 12, 0xfd 84, 0x1a, 0xb",
  ],
  "a table of branches": [
    [BLOCK, 0x40, BLOCK, 0x40, 0x41, 11, 0x0e, 2, 0, 1, 1, END, END],
    "0x2, 0x2, 0x41, 0xe, 0xb, 0xb, 0xb",
  ],
  "exceptions, new": [
    [BLOCK, 0x40, 0x1f, 0x40, 2, 0, 0, 0, 2, 0, 0x08, 0, END, END],
    "0x2, 0x1f, 0x8, 0xb, 0xb, 0xb",
  ],
  "arrays and structures": [
    [
      ...[0x44, ...Array(8).fill(END), 0x41, 11, 0xfb, 6, 1, 0xfb, 15, 0x1a],
      ...[0x41, 11, 0x41, 11, 0xfb, 0, 2, 0xfb, 3, 2, 0, 0x1a],
      ...[0x41, 11, 0xfb, 28, 0xfb, 20, 0x6c, 0x1a],
    ],
    "0x44, 0x41, 0xfb 6, 0xfb 15, 0x1a, 0x41, 0x41, 0xfb 0, 0xfb 3, 0x1a, 0x41, 0xfb 28, 0xfb 20, 0x1a, 0xb",
  ],
  "a cast that branches, out of a block with a reference": [
    [BLOCK, 0x63, 0x6c, 0x41, 11, 0xfb, 28, 0xfb, 24, 1, 0, 0x6e, 0x6c, 0x1a, 0xd0, 0x6c, END, 0x1a],
    "0x2, 0x41, 0xfb 28, 0xfb 24, 0x1a, 0xd0, 0xb, 0x1a, 0xb",
  ],
  "memory and tables at once": [
    [
      ...[0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 8, 0, 0, 0xfc, 9, 0, 0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 10, 0, 0],
      ...[0x41, 0, 0xd0, 0x70, 0x41, 0, 0xfc, 17, 0],
    ],
    "0x41, 0x41, 0x41, 0xfc 8, 0xfc 9, 0x41, 0x41, 0x41, 0xfc 10, 0x41, 0xd0, 0x41, 0xfc 17, 0xb",
  ],
  "calls at the end, of a reference too": [[0xd2, 0, 0x15, 0], "0xd2, 0x15, 0xb"],
  "a choice between references": [
    [0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1c, 1, 0x70, 0xd5, 0, 0x1a],
    "0xd0, 0xd0, 0x41, 0x1c, 0xd5, 0x1a, 0xb",
  ],
};

for (const [what, [body, expected]] of Object.entries(BODIES)) {
  test(`the instructions are found one by one: ${what}`, () => {
    const bytes = moduleWith(body);
    new WebAssembly.Module(bytes); // throws with a reason unless it is valid
    expect(codes(bytes)).toEqual([expected]);
  });
}

test("all code of the project's own twins is read, vectors and relaxed ones: each function ends where its blocks do", () => {
  const functions = codes(typeof built === "function" ? built() : built);
  expect(functions.length).toBeGreaterThan(5);
  for (const instructions of functions) {
    let depth = 1;
    for (const code of instructions.split(", ")) {
      expect(depth).toBeGreaterThan(0);
      if (["0x2", "0x3", "0x4"].includes(code)) depth++;
      if (code === "0xb") depth--;
    }
    expect(depth).toBe(0);
  }
  expect(functions.join()).toContain("0xfd 263"); // f64x2.relaxed_madd
});

test("whatever the engine finds valid is read to its end, also where one byte is another", () => {
  const modules = Object.values(BODIES).map(([body]) => moduleWith(body));
  let valid = 0;
  fc.assert(
    fc.property(fc.constantFrom(...modules), fc.nat(), fc.nat(255), (module, at, byte) => {
      const changed = module.with(at % module.length, byte);
      if (!WebAssembly.validate(changed)) return;
      valid++;
      expect(() => codes(changed)).not.toThrow();
    }),
    { numRuns: 2000 },
  );
  expect(valid).toBeGreaterThan(100);
});
