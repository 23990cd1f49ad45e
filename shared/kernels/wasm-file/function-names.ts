import type { WasmModule } from "./module.ts";
import { Reader } from "./reader.ts";

const FUNCTION_NAMES = 1;

/** A function of the module for a sentence: by what it is exported as, by its name for debuggers, or by its index. */
export function functionName(module: WasmModule, index: number): string {
  const exported = [...module.exports].find(([, { kind, index: at }]) => kind === "function" && at === index);
  const name = exported?.[0] ?? namedFunctions(module).get(index);
  return name === undefined ? `${index}` : `\`${name}\``;
}

/** The section that compilers write for debuggers; what is wrong in it is passed over, as engines do. */
function namedFunctions({ file, bytes, sections }: WasmModule): ReadonlyMap<number, string> {
  const section = sections.find(({ name }) => name === "name");
  if (!section) return new Map();
  try {
    const reader = new Reader(file, bytes, section.contentFrom, section.to);
    while (!reader.isAtEnd) {
      const kind = reader.byte();
      const part = reader.take(reader.u32());
      if (kind === FUNCTION_NAMES) return new Map(part.list(() => [part.u32(), part.text()] as const));
    }
  } catch {
    // As if it were not there.
  }
  return new Map();
}
