/** WebAssembly modules from their parts, for tests: bytes as the format has them, without a compiler. */

type Bytes = readonly number[];

export const I32 = 0x7f;
export const F64 = 0x7c;
const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;

export function leb(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...leb(Math.floor(value / 128))];
}

export function text(value: string): number[] {
  const bytes = [...Buffer.from(value)];
  return [...leb(bytes.length), ...bytes];
}

export function list(...elements: readonly Bytes[]): number[] {
  return [...leb(elements.length), ...elements.flat()];
}

export function section(id: number, content: Bytes): number[] {
  return [id, ...leb(content.length), ...content];
}

export function custom(name: string, content: string | Bytes): number[] {
  return section(0, [...text(name), ...(typeof content === "string" ? Buffer.from(content) : content)]);
}

export function wasm(...sections: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat()]);
}

/** A function of a module: `(f64, f64) -> (f64)` unless it says otherwise. */
interface Function {
  readonly parameters?: Bytes;
  readonly results?: Bytes;
  /** Local variables that are i32. */
  readonly locals?: number;
  /** The instructions, without the end. */
  readonly code: Bytes;
  readonly exportAs?: string;
}

interface Parts {
  readonly functions?: readonly Function[];
  readonly imports?: readonly Bytes[];
  /** Flags and sizes. */
  readonly memories?: readonly Bytes[];
  readonly tables?: readonly Bytes[];
  readonly start?: number;
  /** Further exports. */
  readonly exports?: readonly {
    readonly name: string;
    readonly kind: keyof typeof KIND;
    readonly index: number;
  }[];
  readonly manifest?: unknown;
  readonly customs?: readonly Bytes[];
}

export function moduleOf(parts: Parts): Uint8Array<ArrayBuffer> {
  const { functions = [], imports, memories, tables, start, exports = [], manifest, customs = [] } = parts;
  const exported = functions.flatMap(({ exportAs }, index) =>
    exportAs ? [{ name: exportAs, kind: "function" as const, index }] : [],
  );
  const types = functions.map(({ parameters = [F64, F64], results = [F64] }) => [
    ...[0x60, ...list(...parameters.map((each) => [each]))],
    ...list(...results.map((each) => [each])),
  ]);
  const bodies = functions.map(({ locals = 0, code }) => {
    const body = [...(locals > 0 ? list([...leb(locals), I32]) : [0]), ...code, 0x0b];
    return [...leb(body.length), ...body];
  });
  const all = [...exported, ...exports].map(({ name, kind, index }) => [
    ...text(name),
    KIND[kind],
    ...leb(index),
  ]);
  return wasm(
    section(1, list(...types)),
    ...(imports ? [section(2, list(...imports))] : []),
    section(3, list(...functions.map((_, index) => leb(index)))),
    ...(tables ? [section(4, list(...tables))] : []),
    ...(memories ? [section(5, list(...memories))] : []),
    section(7, list(...all)),
    ...(start === undefined ? [] : [section(8, leb(start))]),
    section(10, list(...bodies)),
    ...(manifest === undefined ? [] : [custom("manyhands", JSON.stringify(manifest))]),
    ...customs,
  );
}

export const LOCAL = (index: number): number[] => [0x20, ...leb(index)];
const SET = (index: number): number[] => [0x21, ...leb(index)];
export const NUMBER = (value: number): number[] => [0x41, value];
export const [ADD, MULTIPLY, CONVERT] = [0xa0, 0xa2, 0xb7];
const I32_ADD = 0x6a;
/** An f64 at the address below, with an alignment of 8 bytes. */
export const [LOAD, STORE] = [
  [0x2b, 3, 0],
  [0x39, 3, 0],
];

/** Adds `by` to a local variable that is i32. */
export const ADVANCE = (index: number, by: number): number[] => [
  ...[...LOCAL(index), ...NUMBER(by)],
  ...[I32_ADD, ...SET(index)],
];

/** Runs the instructions with the variable from 0 to below another one. */
export const COUNTED = (index: number, below: number, code: Bytes): number[] => [
  ...[...NUMBER(0), ...SET(index), 0x02, 0x40, 0x03, 0x40],
  ...[...LOCAL(index), ...LOCAL(below), 0x4f, 0x0d, 1],
  ...[...code, ...ADVANCE(index, 1), 0x0c, 0, 0x0b, 0x0b],
];

/** The f64 with that index in the array whose address is in a variable. */
export const ELEMENT = (array: number, index: number): number[] => [
  ...[...LOCAL(array), ...LOCAL(index), ...NUMBER(8), 0x6c],
  ...[I32_ADD, ...LOAD!],
];

/** `for (;;) {}`, and a value that is never reached. */
export const FOREVER = [0x03, 0x40, 0x0c, 0, 0x0b, 0x00];

/** `x * y` over two axes. */
export const MANIFEST = {
  about: "a product",
  inputs: { x: { from: 0, to: 4 }, y: { from: 0, to: 4 } },
  value: { name: "product" },
} as const;

export const PRODUCT = { code: [...LOCAL(0), ...LOCAL(1), MULTIPLY], exportAs: "point" } as const;

export const EXPORTED_MEMORY = { name: "memory", kind: "memory", index: 0 } as const;
