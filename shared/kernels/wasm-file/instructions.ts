/**
 * The instructions of WebAssembly 3.0, and those of the former exceptions that compilers still write, as far as one must know to find
 * where the next one begins: https://webassembly.github.io/spec/core/binary/instructions.html
 */
import type { Reader } from "./reader.ts";
import { readValueType, skipBlockType } from "./types.ts";

/** What may follow an instruction's code. */
const IMMEDIATES = {
  index: (reader: Reader) => reader.u32(),
  indices: (reader: Reader) => reader.list(() => reader.u32()),
  byte: (reader: Reader) => reader.byte(),
  bytes4: (reader: Reader) => reader.skip(4),
  bytes8: (reader: Reader) => reader.skip(8),
  bytes16: (reader: Reader) => reader.skip(16),
  i32: (reader: Reader) => reader.skipNumber(32),
  i64: (reader: Reader) => reader.skipNumber(64),
  heapType: (reader: Reader) => reader.skipNumber(33),
  blockType: skipBlockType,
  types: (reader: Reader) => reader.list(() => readValueType(reader)),
  catches: (reader: Reader) =>
    reader.list(() => {
      if (reader.byte() < 2) reader.u32();
      reader.u32();
    }),
  // An address in memory: alignment, which memory where it is not the first, offset.
  memory: (reader: Reader) => {
    if ((reader.u32() & 64) !== 0) reader.u32();
    reader.skipNumber(64);
  },
} satisfies Record<string, (reader: Reader) => unknown>;

type Immediate = keyof typeof IMMEDIATES;

/** Codes from the first to the last (inclusive), and what follows each. */
type Rows = readonly (readonly [first: number, last: number, ...immediates: Immediate[]])[];

const PLAIN: Rows = [
  [0x00, 0x01], // unreachable, nop
  [0x02, 0x04, "blockType"], // block, loop, if
  [0x05, 0x05], // else
  [0x06, 0x06, "blockType"], // try, of the former exceptions
  [0x07, 0x09, "index"], // catch, throw, rethrow
  [0x0a, 0x0b], // throw_ref, end
  [0x0c, 0x0d, "index"], // br, br_if
  [0x0e, 0x0e, "indices", "index"], // br_table
  [0x0f, 0x0f], // return
  [0x10, 0x10, "index"], // call
  [0x11, 0x11, "index", "index"], // call_indirect
  [0x12, 0x12, "index"], // return_call
  [0x13, 0x13, "index", "index"], // return_call_indirect
  [0x14, 0x15, "index"], // call_ref, return_call_ref
  [0x18, 0x18, "index"], // delegate, of the former exceptions
  [0x19, 0x1b], // catch_all, drop, select
  [0x1c, 0x1c, "types"], // select
  [0x1f, 0x1f, "blockType", "catches"], // try_table
  [0x20, 0x26, "index"], // local.get to table.set
  [0x28, 0x3e, "memory"], // loads and stores
  [0x3f, 0x40, "index"], // memory.size, memory.grow
  [0x41, 0x41, "i32"],
  [0x42, 0x42, "i64"],
  [0x43, 0x43, "bytes4"],
  [0x44, 0x44, "bytes8"],
  [0x45, 0xc4], // arithmetic
  [0xd0, 0xd0, "heapType"], // ref.null
  [0xd1, 0xd1], // ref.is_null
  [0xd2, 0xd2, "index"], // ref.func
  [0xd3, 0xd4], // ref.eq, ref.as_non_null
  [0xd5, 0xd6, "index"], // br_on_null, br_on_non_null
];

/** After 0xfb: structures and arrays. */
const COLLECTED: Rows = [
  [0, 1, "index"], // struct.new
  [2, 5, "index", "index"], // struct.get, struct.set
  [6, 7, "index"], // array.new
  [8, 10, "index", "index"], // array.new_fixed, array.new_data, array.new_elem
  [11, 14, "index"], // array.get, array.set
  [15, 15], // array.len
  [16, 16, "index"], // array.fill
  [17, 19, "index", "index"], // array.copy, array.init_data, array.init_elem
  [20, 23, "heapType"], // ref.test, ref.cast
  [24, 25, "byte", "index", "heapType", "heapType"], // br_on_cast, br_on_cast_fail
  [26, 30], // conversions, i31
];

/** After 0xfc. */
const BULK: Rows = [
  [0, 7], // saturating conversions
  [8, 8, "index", "index"], // memory.init
  [9, 9, "index"], // data.drop
  [10, 10, "index", "index"], // memory.copy
  [11, 11, "index"], // memory.fill
  [12, 12, "index", "index"], // table.init
  [13, 13, "index"], // elem.drop
  [14, 14, "index", "index"], // table.copy
  [15, 17, "index"], // table.grow, table.size, table.fill
];

/** After 0xfd: vectors. */
const VECTOR: Rows = [
  [0, 11, "memory"], // loads, v128.store
  [12, 13, "bytes16"], // v128.const, i8x16.shuffle
  [14, 20], // swizzle, splats
  [21, 34, "byte"], // lanes
  [35, 83], // comparisons, bits
  [84, 91, "memory", "byte"], // loads and stores of a lane
  [92, 93, "memory"], // loads with zeros
  [94, 275], // arithmetic, from 256 on relaxed
];

/** After 0xfe: atomics of threads. Refused before what follows matters. */
const ATOMIC: Rows = [
  [0, 2, "memory"],
  [3, 3, "byte"], // atomic.fence
  [0x10, 0x4e, "memory"],
];

/** What follows each code, by the code; undefined for codes that are none. */
type Table = readonly (readonly Immediate[] | undefined)[];

function tableOf(rows: Rows): Table {
  const table: Immediate[][] = [];
  for (const [first, last, ...immediates] of rows) {
    for (let code = first; code <= last; code++) table[code] = immediates;
  }
  return table;
}

const UNPREFIXED = tableOf(PLAIN);
const PREFIXED: ReadonlyMap<number, Table> = new Map([
  [0xfb, tableOf(COLLECTED)],
  [0xfc, tableOf(BULK)],
  [0xfd, tableOf(VECTOR)],
  [0xfe, tableOf(ATOMIC)],
]);

export interface Instruction {
  readonly at: number;
  /** 0 where the code is one byte. */
  readonly prefix: number;
  readonly code: number;
}

/** Reads an instruction and passes over what follows its code. Throws InvalidInputError for one that WebAssembly 3.0 does not have. */
export function readInstruction(reader: Reader): Instruction {
  const { at } = reader;
  const first = reader.byte();
  const table = PREFIXED.get(first);
  const code = table ? reader.u32() : first;
  const immediates = (table ?? UNPREFIXED)[code];
  if (!immediates) return reader.malformed("an instruction of WebAssembly 3.0", at);
  for (const immediate of immediates) IMMEDIATES[immediate](reader);
  return { at, prefix: table ? first : 0, code };
}

const END = 0x0b;

/** Passes over an expression of constants, which has no blocks. */
export function skipConstant(reader: Reader): void {
  for (;;) {
    const { prefix, code } = readInstruction(reader);
    if (prefix === 0 && code === END) return;
  }
}
