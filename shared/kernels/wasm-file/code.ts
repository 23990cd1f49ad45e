import { type Instruction, readInstruction } from "./instructions.ts";
import { contentOf, SECTION, type WasmModule } from "./module.ts";
import type { Reader } from "./reader.ts";
import { readValueType } from "./types.ts";

/** The instructions of all functions in order, each with its function's index. Throws InvalidInputError where the code is malformed. */
export function* instructionsOf(module: WasmModule): Generator<Instruction & { readonly function: number }> {
  for (const [index, body] of (contentOf(module, SECTION.code, readBodies) ?? []).entries()) {
    body.list(() => [body.u32(), readValueType(body)]); // its local variables
    while (!body.isAtEnd) yield { ...readInstruction(body), function: index };
  }
}

function readBodies(section: Reader): Reader[] {
  return section.list(() => section.take(section.u32()));
}
