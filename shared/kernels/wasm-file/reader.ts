import { InvalidInputError } from "../../validation/errors.ts";

/** Reads a WebAssembly module's bytes from one end to the other. Throws InvalidInputError, whose sentence names the file and the byte. */
export class Reader {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  /** The bytes from `at` to `end` (exclusive) of the file called `file`. */
  constructor(file: string, bytes: Uint8Array, at = 0, end = bytes.length) {
    this.file = file;
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    if (this.isAtEnd) this.refuse("a whole WebAssembly module", `one that is cut off at byte ${this.end}`);
    return this.bytes[this.at++]!;
  }

  /** The next bytes, which are a part of the whole and no copy. */
  take(length: number): Reader {
    const from = this.at;
    this.skip(length);
    return new Reader(this.file, this.bytes, from, this.at);
  }

  skip(length: number): void {
    if (length > this.end - this.at) {
      this.refuse("a whole WebAssembly module", `one that is cut off at byte ${this.end}`);
    }
    this.at += length;
  }

  /** An unsigned LEB128 number of 32 bits. */
  u32(): number {
    const from = this.at;
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) break;
      if (factor === 2 ** 28) this.malformed("a number of 32 bits", from);
    }
    if (value > 0xffffffff) this.malformed("a number of 32 bits", from);
    return value;
  }

  /** Passes over a LEB128 number of at most `bits` bits, signed or not. */
  skipNumber(bits: 32 | 33 | 64): void {
    const from = this.at;
    const most = Math.ceil(bits / 7);
    while (this.byte() >= 128) {
      if (this.at - from === most) this.malformed(`a number of ${bits} bits`, from);
    }
  }

  /** Calls `read` for each of a list's elements. */
  list<Element>(read: () => Element): Element[] {
    const elements: Element[] = [];
    for (let left = this.u32(); left > 0; left--) elements.push(read());
    return elements;
  }

  text(): string {
    const from = this.at;
    const { bytes, at, end } = this.take(this.u32());
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(at, end));
    } catch {
      return this.malformed("a name in UTF-8", from);
    }
  }

  /** What stands at byte `at` is not what the format of WebAssembly 3.0 asks for. */
  malformed(expected: string, at: number): never {
    return this.refuse(`a WebAssembly module with ${expected} at byte ${at}`, "something else");
  }

  refuse(expected: string, received: string, hint?: string): never {
    throw new InvalidInputError(this.file, expected, received, hint);
  }
}
