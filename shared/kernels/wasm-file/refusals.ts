/**
 * Which modules may compute: those whose results are the same on every machine, that need nothing from outside, and whose memory has a
 * bound. Every refusal is a sentence that names what and where.
 */
import { instructionsOf } from "./code.ts";
import { functionName } from "./function-names.ts";
import type { Instruction } from "./instructions.ts";
import type { Limits, WasmModule } from "./module.ts";
import { Reader } from "./reader.ts";

const PAGE_BYTES = 65_536;
const MEBIBYTE = 2 ** 20;

/** The most pages of a kernel's memory: 256 MiB. */
export const MOST_PAGES = (256 * MEBIBYTE) / PAGE_BYTES;
/** The most elements of its tables. */
const MOST_ELEMENTS = 1_000_000;

/** The relaxed instructions by their codes: what they give may differ from processor to processor. */
const RELAXED = [
  ...["i8x16.relaxed_swizzle", "i32x4.relaxed_trunc_f32x4_s", "i32x4.relaxed_trunc_f32x4_u"],
  ...["i32x4.relaxed_trunc_f64x2_s_zero", "i32x4.relaxed_trunc_f64x2_u_zero"],
  ...["f32x4.relaxed_madd", "f32x4.relaxed_nmadd", "f64x2.relaxed_madd", "f64x2.relaxed_nmadd"],
  ...["i8x16.relaxed_laneselect", "i16x8.relaxed_laneselect", "i32x4.relaxed_laneselect"],
  ...["i64x2.relaxed_laneselect", "f32x4.relaxed_min", "f32x4.relaxed_max", "f64x2.relaxed_min"],
  ...["f64x2.relaxed_max", "i16x8.relaxed_q15mulr_s", "i16x8.relaxed_dot_i8x16_i7x16_s"],
  "i32x4.relaxed_dot_i8x16_i7x16_add_s",
];
const FIRST_RELAXED = 256;

/** Throws InvalidInputError for a module that may not be a kernel by what its sections say. */
export function refuseSections(module: WasmModule): void {
  refuseImports(module);
  refuseMemory(module);
  refuseTables(module);
}

function refusal({ file, bytes }: WasmModule): Reader {
  return new Reader(file, bytes);
}

function refuseImports(module: WasmModule): void {
  const [first, ...others] = module.imports;
  if (!first) return;
  const more = others.length > 0 ? `, and ${others.length} more` : "";
  refusal(module).refuse(
    "a module without imports",
    `one that imports the ${first.kind} \`${first.name}\`${more}`,
    first.name.startsWith("wasi_")
      ? "A kernel has no system to call: build it without files, clock and output."
      : "A kernel brings everything that it calls.",
  );
}

function refuseMemory(module: WasmModule): void {
  const { memories } = module;
  const [memory, second] = memories;
  const reader = refusal(module);
  if (second) reader.refuse("a module with one memory at most", `${memories.length} memories`);
  if (!memory) return;
  if (memory.isShared) {
    reader.refuse("a module without threads", "one whose memory is shared", "Build it without threads.");
  }
  if (memory.isWide)
    reader.refuse("a module with addresses of 32 bits", "a memory with addresses of 64 bits");
  if (memory.minimum > MOST_PAGES) {
    const size = (memory.minimum * PAGE_BYTES) / MEBIBYTE;
    reader.refuse(
      "a module with at most 256 MiB of memory",
      `a memory of ${size.toFixed(0)} MiB at its start`,
    );
  }
}

function refuseTables(module: WasmModule): void {
  const isWide = ({ isWide, isShared }: Limits) => isWide || isShared;
  if (module.tables.some(isWide)) {
    refusal(module).refuse("a module with indices of 32 bits, and no threads", "a table of another kind");
  }
  const elements = module.tables.reduce((sum, { minimum }) => sum + minimum, 0);
  if (elements > MOST_ELEMENTS) {
    refusal(module).refuse(`a module with at most ${MOST_ELEMENTS} elements in tables`, `${elements}`);
  }
}

/** Throws InvalidInputError for a module with an instruction that a kernel may not have. */
export function refuseInstructions(module: WasmModule): void {
  for (const instruction of instructionsOf(module)) {
    const wrong = wrongOf(instruction);
    if (!wrong) continue;
    const where = `in function ${functionName(module, instruction.function)} at byte ${instruction.at}`;
    refusal(module).refuse(wrong.expected, `\`${wrong.instruction}\` ${where}`, wrong.hint);
  }
}

interface Wrong {
  readonly instruction: string;
  readonly expected: string;
  readonly hint: string;
}

function wrongOf({ prefix, code }: Instruction): Wrong | undefined {
  if (prefix === 0xfe) {
    const [expected, hint] = ["a module without threads", "Build it without threads and atomics."];
    return { instruction: `atomic instruction 0xfe 0x${code.toString(16)}`, expected, hint };
  }
  if (prefix === 0xfd && code >= FIRST_RELAXED) {
    const expected = "a module whose results are the same on every processor";
    const hint = "Build it without relaxed SIMD.";
    return { instruction: RELAXED[code - FIRST_RELAXED]!, expected, hint };
  }
  if (prefix === 0xfc && code === 15) {
    const hint = "Build it without growing tables.";
    return { instruction: "table.grow", expected: "a module whose tables keep their size", hint };
  }
  return undefined;
}
