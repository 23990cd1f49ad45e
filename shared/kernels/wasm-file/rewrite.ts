import { SECTION, type Section, type WasmModule } from "./module.ts";

/** The module's bytes with at most that many pages of memory: the maximum is set, or lowered. The same bytes where it fits already. */
export function withMostPages(
  { bytes, sections, memories }: WasmModule,
  most: number,
): Uint8Array<ArrayBuffer> {
  const [memory] = memories;
  const section = sections.find(({ id }) => id === SECTION.memory);
  if (!memory || !section || (memory.maximum ?? Number.POSITIVE_INFINITY) <= most) return bytes;
  const content = [1, 1, ...leb(memory.minimum), ...leb(most)];
  return replaced(bytes, section, Uint8Array.of(SECTION.memory, ...leb(content.length), ...content));
}

function replaced(
  bytes: Uint8Array<ArrayBuffer>,
  { from, to }: Section,
  section: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return joined(bytes.subarray(0, from), section, bytes.subarray(to));
}

/** The module's bytes with a custom section at their end. */
export function withCustomSection(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  content: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const nameBytes = new TextEncoder().encode(name);
  const nameLength = leb(nameBytes.length);
  const length = leb(nameLength.length + nameBytes.length + content.length);
  return joined(bytes, Uint8Array.of(0, ...length, ...nameLength), nameBytes, content);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A number from 0 as unsigned LEB128. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...leb(Math.floor(value / 128))];
}
