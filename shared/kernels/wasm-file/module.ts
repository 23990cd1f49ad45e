import { skipConstant } from "./instructions.ts";
import { Reader } from "./reader.ts";
import { type FunctionType, readTypes, readValueType } from "./types.ts";

/** What a module's sections say, as far as the contract of kernels asks: https://webassembly.github.io/spec/core/binary/modules.html */
export interface WasmModule {
  readonly file: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sections: readonly Section[];
  readonly types: readonly (FunctionType | undefined)[];
  readonly imports: readonly { readonly kind: Kind; readonly name: string }[];
  /** The indices of the functions' types. */
  readonly functions: readonly number[];
  readonly memories: readonly Limits[];
  readonly tables: readonly Limits[];
  readonly exports: ReadonlyMap<string, { readonly kind: Kind; readonly index: number }>;
}

export interface Section {
  /** 0 for custom ones. */
  readonly id: number;
  /** The bytes from its id to the end of its content. */
  readonly from: number;
  readonly to: number;
  /** Where its content begins; a custom one's, after its name. */
  readonly contentFrom: number;
  /** A custom one's. */
  readonly name?: string;
}

/** The size of a memory in pages of 64 KiB, or of a table in elements. */
export interface Limits {
  readonly minimum: number;
  readonly maximum?: number;
  readonly isShared: boolean;
  /** Whether its addresses have 64 bits. */
  readonly isWide: boolean;
}

const KINDS = ["function", "table", "memory", "global", "tag"] as const;
type Kind = (typeof KINDS)[number];

export const SECTION = { memory: 5, code: 10 } as const;
const LAST_SECTION = 13;

/** Reads the bytes of the file called `file`. Throws InvalidInputError if they are no module of WebAssembly 3.0. */
export function readModule(file: string, bytes: Uint8Array<ArrayBuffer>): WasmModule {
  const reader = new Reader(file, bytes);
  expectHeader(reader);
  const sections: Section[] = [];
  while (!reader.isAtEnd) sections.push(readSection(reader));
  const read = <Element>(id: number, element: (section: Reader) => Element): Element[] =>
    contentOf({ file, bytes, sections }, id, (section) => section.list(() => element(section))) ?? [];
  return {
    ...{ file, bytes, sections },
    types: contentOf({ file, bytes, sections }, 1, readTypes) ?? [],
    imports: read(2, readImport),
    functions: read(3, (section) => section.u32()),
    tables: read(4, readTable),
    memories: read(SECTION.memory, readLimits),
    exports: new Map(read(7, readExport)),
  };
}

function expectHeader(reader: Reader): void {
  const { bytes } = reader;
  const head = [...bytes.subarray(0, 8)];
  const begins = (...expected: number[]) => expected.every((byte, at) => byte === head[at]);
  if (begins(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)) reader.skip(8);
  else if (begins(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0)) {
    reader.refuse("a WebAssembly module", "a component", "Build a core module.");
  } else
    reader.refuse("a WebAssembly module", bytes.length === 0 ? "an empty file" : "a file of another kind");
}

function readSection(reader: Reader): Section {
  const from = reader.at;
  const id = reader.byte();
  if (id > LAST_SECTION) reader.malformed("a section", from);
  const content = reader.take(reader.u32());
  const name = id === 0 ? content.text() : undefined;
  return { id, from, to: reader.at, contentFrom: content.at, ...(name !== undefined && { name }) };
}

/** What `read` makes of the content of the section with that id; undefined where there is none. */
export function contentOf<Content>(
  { file, bytes, sections }: Pick<WasmModule, "file" | "bytes" | "sections">,
  id: number,
  read: (section: Reader) => Content,
): Content | undefined {
  const found = sections.find((section) => section.id === id);
  return found && read(new Reader(file, bytes, found.contentFrom, found.to));
}

function readImport(section: Reader): { kind: Kind; name: string } {
  const name = `${section.text()}.${section.text()}`;
  const kind = readKind(section);
  switch (kind) {
    case "function":
      section.u32();
      break;
    case "table":
      readValueType(section);
      readLimits(section);
      break;
    case "memory":
      readLimits(section);
      break;
    case "global":
      readValueType(section);
      section.byte(); // whether it can change
      break;
    case "tag":
      section.byte();
      section.u32();
  }
  return { kind, name };
}

/** A table has its size, and may have an expression for its first elements. */
function readTable(section: Reader): Limits {
  const hasElement = section.bytes[section.at] === 0x40;
  if (hasElement) section.skip(2);
  readValueType(section);
  const limits = readLimits(section);
  if (hasElement) skipConstant(section);
  return limits;
}

function readExport(section: Reader): [string, { kind: Kind; index: number }] {
  return [section.text(), { kind: readKind(section), index: section.u32() }];
}

function readKind(section: Reader): Kind {
  const from = section.at;
  return KINDS[section.byte()] ?? section.malformed("what is imported or exported", from);
}

/** Sizes of 64 bits are passed over: no kernel may have them. */
function readLimits(section: Reader): Limits {
  const from = section.at;
  const flags = section.byte();
  if (flags > 7) section.malformed("a size and its limit", from);
  const isWide = (flags & 4) !== 0;
  const minimum = readSize(section, isWide);
  return {
    minimum,
    ...((flags & 1) !== 0 && { maximum: readSize(section, isWide) }),
    isShared: (flags & 2) !== 0,
    isWide,
  };
}

function readSize(section: Reader, isWide: boolean): number {
  if (!isWide) return section.u32();
  section.skipNumber(64);
  return 0;
}
