import fc from "fast-check";
import { describe, expect, test } from "vitest";
import built from "#kernels.wasm";
import { checkWasm, MOST_MODULE_BYTES } from "../../../shared/kernels/wasm-file/check.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import {
  custom,
  EXPORTED_MEMORY,
  F64,
  I32,
  leb,
  list,
  MANIFEST,
  moduleOf,
  PRODUCT,
  section,
  text,
  wasm,
} from "../../helpers/wasm-module.ts";

const check = (bytes: Uint8Array<ArrayBuffer>, beside?: unknown) =>
  checkWasm("mine.wasm", bytes, { name: "mine", ...(beside !== undefined && { beside }) });
const manifest = MANIFEST;
const TWO_NUMBERS = { parameters: [F64, F64], results: [F64] };

/** Modules that may not compute, and the sentence for each. */
const REFUSED: Readonly<Record<string, readonly [bytes: Uint8Array<ArrayBuffer>, sentence: string]>> = {
  "an import": [
    moduleOf({
      imports: [[...text("wasi_snapshot_preview1"), ...text("fd_write"), 0, 0]],
      functions: [PRODUCT],
      manifest,
    }),
    "Expected mine.wasm to be a module without imports, got one that imports the function `wasi_snapshot_preview1.fd_write`. A kernel has no system to call: build it without files, clock and output.",
  ],
  "two imports, of a memory and a global": [
    moduleOf({
      imports: [
        [...text("env"), ...text("memory"), 2, 0, 1],
        [...text("env"), ...text("base"), 3, I32, 0],
      ],
      functions: [PRODUCT],
      manifest,
    }),
    "Expected mine.wasm to be a module without imports, got one that imports the memory `env.memory`, and 1 more. A kernel brings everything that it calls.",
  ],
  "the project's own twins, which use relaxed SIMD": [
    typeof built === "function" ? built() : built,
    "Expected mine.wasm to be a module whose results are the same on every processor, got `f64x2.relaxed_madd` in function ",
  ],
  "relaxed SIMD in a function with a name for debuggers": [
    moduleOf({
      functions: [PRODUCT, { ...TWO_NUMBERS, code: [0xfd, 0x80, 0x02, 0x00] }],
      manifest,
      customs: [custom("name", [1, 9, ...list([1, ...text("mixing")])])],
    }),
    "got `i8x16.relaxed_swizzle` in function `mixing` at byte ",
  ],
  "shared memory": [
    moduleOf({ memories: [[3, 1, 1]], functions: [PRODUCT], manifest }),
    "Expected mine.wasm to be a module without threads, got one whose memory is shared. Build it without threads.",
  ],
  atomics: [
    moduleOf({ memories: [[0, 1]], functions: [{ ...PRODUCT, code: [0xfe, 0x03, 0x00, 0x00] }], manifest }),
    "Expected mine.wasm to be a module without threads, got `atomic instruction 0xfe 0x3` in function `point` at byte 42. Build it without threads and atomics.",
  ],
  "a memory of 4 GiB": [
    moduleOf({ memories: [[0, ...leb(65_536)]], functions: [PRODUCT], manifest }),
    "Expected mine.wasm to be a module with at most 256 MiB of memory, got a memory of 4096 MiB at its start.",
  ],
  "a memory with addresses of 64 bits": [
    moduleOf({ memories: [[4, 1]], functions: [PRODUCT], manifest }),
    "Expected mine.wasm to be a module with addresses of 32 bits, got a memory with addresses of 64 bits.",
  ],
  "two memories": [
    moduleOf({
      memories: [
        [0, 1],
        [0, 1],
      ],
      functions: [PRODUCT],
      manifest,
    }),
    "Expected mine.wasm to be a module with one memory at most, got 2 memories.",
  ],
  "a table of ten million elements": [
    moduleOf({ tables: [[0x70, 0, ...leb(10_000_000)]], functions: [PRODUCT], manifest }),
    "Expected mine.wasm to be a module with at most 1000000 elements in tables, got 10000000.",
  ],
  "a table that grows": [
    moduleOf({ tables: [[0x70, 0, 1]], functions: [{ ...PRODUCT, code: [0xfc, 15, 0] }], manifest }),
    "Expected mine.wasm to be a module whose tables keep their size, got `table.grow` in function `point` at byte ",
  ],
  "an instruction that WebAssembly does not have": [
    moduleOf({ functions: [{ ...PRODUCT, code: [0xff] }], manifest }),
    "Expected mine.wasm to be a WebAssembly module with an instruction of WebAssembly 3.0 at byte 37, got something else.",
  ],
  "no export": [
    moduleOf({ functions: [{ code: PRODUCT.code }], manifest }),
    "Expected mine.wasm to be a module that exports one of the functions `point` and `fill`, got no exports.",
  ],
  "another export": [
    moduleOf({ functions: [{ ...PRODUCT, exportAs: "main" }], manifest }),
    "got one that exports `main`.",
  ],
  "point and fill": [
    moduleOf({ functions: [PRODUCT, { ...PRODUCT, exportAs: "fill" }], manifest }),
    "exports one of the functions `point` and `fill`, got both.",
  ],
  "point with a parameter more": [
    moduleOf({ functions: [{ ...PRODUCT, parameters: [F64, F64, F64] }], manifest }),
    "Expected mine.wasm to be a module whose `point` is (f64, f64) -> (f64), as its manifest declares, got (f64, f64, f64) -> (f64).",
  ],
  "a memory called point": [
    moduleOf({ memories: [[0, 1]], exports: [{ name: "point", kind: "memory", index: 0 }], manifest }),
    "whose `point` is (f64, f64) -> (f64), as its manifest declares, got a memory.",
  ],
  "fill for another count of axes": [
    moduleOf({
      functions: [{ parameters: [I32, I32, I32, I32], results: [], code: [], exportAs: "fill" }],
      manifest,
    }),
    "whose `fill` is (i32, i32, i32, i32, i32, i32) -> (), as its manifest declares, got (i32, i32, i32, i32) -> ().",
  ],
  "fill without a memory": [
    moduleOf({
      functions: [{ parameters: new Array(6).fill(I32), results: [], code: [], exportAs: "fill" }],
      manifest,
    }),
    "Expected mine.wasm to be a module that exports its `memory`, because it has `fill`, got one that does not.",
  ],
  "fill with a memory that cannot grow": [
    moduleOf({
      memories: [[1, 2, 2]],
      functions: [{ parameters: new Array(6).fill(I32), results: [], code: [], exportAs: "fill" }],
      exports: [EXPORTED_MEMORY],
      manifest,
    }),
    "with `fill` that exports `alloc`, or whose memory can grow by 17 pages, got a memory of 2 pages of which there are 2 at most.",
  ],
  "an alloc that gives an address of 64 bits": [
    moduleOf({
      functions: [PRODUCT, { parameters: [I32], results: [0x7e], code: [0], exportAs: "alloc" }],
      manifest,
    }),
    "whose `alloc` is (i32) -> (i32), got (i32) -> (i64).",
  ],
  "no manifest": [
    moduleOf({ functions: [PRODUCT] }),
    "Expected mine.wasm to be a module with a custom section `manyhands`, or with mine.json beside it, got neither of them.",
  ],
  "a manifest that is no JSON": [
    moduleOf({ functions: [PRODUCT], customs: [custom("manyhands", "about: mine")] }),
    'Expected mine.wasm\'s section manyhands to be JSON, got "about: mine".',
  ],
  "a manifest that is not UTF-8": [
    moduleOf({ functions: [PRODUCT], customs: [custom("manyhands", [0xff])] }),
    "Expected mine.wasm's section manyhands to be JSON in UTF-8, got other bytes.",
  ],
  "a manifest of 10 MB": [
    moduleOf({ functions: [PRODUCT], customs: [custom("manyhands", " ".repeat(1e7))] }),
    "Expected mine.wasm's section manyhands to be at most 65536 bytes of JSON, got 10000000 bytes.",
  ],
  "two manifests": [
    moduleOf({ functions: [PRODUCT], manifest, customs: [custom("manyhands", JSON.stringify(manifest))] }),
    "Expected mine.wasm to be a module with one custom section `manyhands`, got two, at bytes 43 and 158.",
  ],
  "a manifest that is a list": [
    moduleOf({ functions: [PRODUCT], manifest: [] }),
    "Expected the manifest of mine.wasm to be an object with inputs and a value, got [].",
  ],
  "a manifest without inputs": [
    moduleOf({ functions: [PRODUCT], manifest: { value: manifest.value } }),
    "Expected the manifest of mine.wasm inputs to be given, got nothing.",
  ],
  "an empty file": [new Uint8Array(), "Expected mine.wasm to be a WebAssembly module, got an empty file."],
  "another file": [
    Buffer.from("(module)"),
    "Expected mine.wasm to be a WebAssembly module, got a file of another kind.",
  ],
  "a component": [
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0),
    "Expected mine.wasm to be a WebAssembly module, got a component. Build a core module.",
  ],
  "a file of 17 MB": [
    new Uint8Array(MOST_MODULE_BYTES + 1),
    "Expected mine.wasm to be a module of at most 16777216 bytes, got 16777217 bytes.",
  ],
};

describe("a module is refused by a sentence that names what and where:", () => {
  for (const [what, [bytes, sentence]] of Object.entries(REFUSED)) {
    test(what, () => expect(refusalOf(() => check(bytes))).toContain(sentence));
  }
});

test("a module with a manifest and another one beside it is refused; the same one twice is not", () => {
  const bytes = moduleOf({ functions: [PRODUCT], manifest });
  expect(refusalOf(() => check(bytes, { ...manifest, about: "another" }))).toBe(
    "Expected mine.wasm to be a module with one manifest, got two that differ, its custom section `manyhands` and the file beside it. Remove one of them.",
  );
  expect(check(bytes, manifest).bytes).toEqual(bytes);
});

test("a module that is cut off anywhere is refused as such, or for what it lacks then", () => {
  const whole = moduleOf({ memories: [[0, 1]], functions: [PRODUCT], manifest });
  for (let length = 0; length < whole.length; length++) {
    expect(refusalOf(() => check(whole.subarray(0, length)))).toMatch(
      /^Expected (the manifest of )?mine\.wasm/,
    );
  }
  expect(refusalOf(() => check(whole.subarray(0, whole.length - 1)))).toBe(
    `Expected mine.wasm to be a whole WebAssembly module, got one that is cut off at byte ${whole.length - 1}.`,
  );
});

test("random bytes, after a module's head and within a module, are refused or read, and never throw anything else", () => {
  const whole = moduleOf({ memories: [[0, 1]], functions: [PRODUCT], manifest });
  const readOrRefused = (bytes: Uint8Array<ArrayBuffer>) => {
    try {
      check(bytes);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
    }
  };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(13), fc.uint8Array({ maxLength: 30 })), { maxLength: 4 }),
      (sections) => {
        readOrRefused(wasm(...sections.map(([id, content]) => section(id, [...content]))));
      },
    ),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => readOrRefused(whole.with(at, byte))),
    { numRuns: 500 },
  );
});

function refusalOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
  return "not refused";
}
