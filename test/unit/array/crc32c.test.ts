import { expect, test } from "vitest";
import { crc32c } from "../../../shared/array/crc32c.ts";

const bytes = (length: number, of: (at: number) => number) => Uint8Array.from({ length }, (_, at) => of(at));

// RFC 3720, B.4, and the check value of the catalogue of parametrised CRC algorithms.
test.each([
  ["nothing", new Uint8Array(), 0],
  ["123456789", Buffer.from("123456789"), 0xe3069283],
  ["32 bytes of zeroes", new Uint8Array(32), 0x8a9136aa],
  ["32 bytes of ones", bytes(32, () => 0xff), 0x62a8ab43],
  ["32 rising bytes", bytes(32, (at) => at), 0x46dd794e],
  ["32 falling bytes", bytes(32, (at) => 31 - at), 0x113fdb5c],
])("the checksum of %s is the published one", (_, of, checksum) => {
  expect(crc32c(of)).toBe(checksum);
});

/** Bit by bit, as the polynomial is defined. */
function slowly(of: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of of) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

test("whatever the length and wherever a byte lies in eight, it counts as it does bit by bit", () => {
  const all = bytes(1024, (at) => (at * 151 + (at >> 3) * 37) & 255);
  for (let length = 0; length < 40; length++)
    expect(crc32c(all.subarray(length, 2 * length + 1))).toBe(slowly(all.subarray(length, 2 * length + 1)));
  expect(crc32c(all)).toBe(slowly(all));
});
