/** The type section of WebAssembly 3.0: https://webassembly.github.io/spec/core/binary/types.html */
import type { Reader } from "./reader.ts";

/** A function's parameters and results by name: `f64`, `i32`; those of other kinds as `reference`. */
export interface FunctionType {
  readonly parameters: readonly string[];
  readonly results: readonly string[];
}

const VALUE_TYPES: ReadonlyMap<number, string> = new Map([
  [0x7f, "i32"],
  [0x7e, "i64"],
  [0x7d, "f32"],
  [0x7c, "f64"],
  [0x7b, "v128"],
]);

/** `(f64, f64) -> (f64)` */
export function signature({ parameters, results }: FunctionType): string {
  return `(${parameters.join(", ")}) -> (${results.join(", ")})`;
}

/** All types in the order of their indices; undefined where one is no function's. */
export function readTypes(section: Reader): (FunctionType | undefined)[] {
  return section.list(() => readGroup(section)).flat();
}

function readGroup(section: Reader): (FunctionType | undefined)[] {
  if (section.bytes[section.at] !== 0x4e) return [readSubType(section)];
  section.byte();
  return section.list(() => readSubType(section));
}

function readSubType(section: Reader): FunctionType | undefined {
  const from = section.at;
  let form = section.byte();
  if (form === 0x50 || form === 0x4f) {
    section.list(() => section.u32());
    form = section.byte();
  }
  if (form === 0x60) {
    const parameters = section.list(() => readValueType(section));
    return { parameters, results: section.list(() => readValueType(section)) };
  }
  if (form === 0x5e) skipField(section);
  else if (form === 0x5f) section.list(() => skipField(section));
  else section.malformed("a type", from);
  return undefined;
}

function skipField(section: Reader): void {
  const packed = section.bytes[section.at] === 0x78 || section.bytes[section.at] === 0x77;
  if (packed) section.byte();
  else readValueType(section);
  section.byte(); // whether it can change
}

export function readValueType(reader: Reader): string {
  const from = reader.at;
  const byte = reader.byte();
  const name = VALUE_TYPES.get(byte);
  if (name) return name;
  if (byte === 0x63 || byte === 0x64) reader.skipNumber(33);
  else if (byte < 0x69 || byte > 0x74) reader.malformed("a type", from);
  return "reference";
}

/** A block's type: none, one value's, or the index of a function's. */
export function skipBlockType(reader: Reader): void {
  const first = reader.bytes[reader.at];
  if (first === 0x63 || first === 0x64) readValueType(reader);
  else reader.skipNumber(33);
}
