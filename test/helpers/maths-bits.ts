/**
 * The bits of shared/kernels/maths, as a checksum of each function's results for inputs of every kind. As a program it
 * prints those of a number of inputs as JSON; with `engine` after the number those of Math.
 *
 * @example node test/helpers/maths-bits.ts 1000000
 */
import { crc32 } from "node:zlib";
import * as maths from "../../shared/kernels/maths/index.ts";
import { cellRandom, randomOf } from "../../shared/kernels/maths/random.ts";

/** A checksum by function, in hexadecimal. */
export type Checksums = Readonly<Record<string, string>>;

/** How many inputs the unit test takes, and how many the comparison of processors. */
export const FEW = 10_000;
export const MANY = 1_000_000;

/** `engine` looks at the functions of Math instead, which differ from processor to processor. */
export function checksums(count: number, whose: "ours" | "engine" = "ours"): Checksums {
  const { MATHS_VERSION: _, ...functions } = maths;
  const x = inputs(count, 1);
  const y = inputs(count, 2);
  const results = new Float64Array(count);
  const all: Record<string, string> = {};
  const note = (name: string) => {
    // A NaN's bits are the processor's own.
    for (let at = 0; at < count; at++) if (Number.isNaN(results[at])) results[at] = -4e-320;
    all[name] = crc32(new Uint8Array(results.buffer)).toString(16).padStart(8, "0");
  };
  for (const [name, ours] of Object.entries(functions)) {
    const call = (whose === "ours" ? ours : Math[name as keyof typeof functions]) as (
      ...values: number[]
    ) => number;
    const two = ["pow", "atan2", "hypot"].includes(name);
    for (let at = 0; at < count; at++) results[at] = two ? call(x[at]!, y[at]!) : call(x[at]!);
    note(name);
  }
  const random = randomOf(2 ** 53 - 1, 2 ** 40 + 7);
  for (let at = 0; at < count; at++) results[at] = random();
  note("random");
  return all;
}

/** A quarter each: any bits; any exponent near 1; -1 to 1; -750 to 750. Made by exact operations alone. */
function inputs(count: number, seed: number): Float64Array {
  const random = cellRandom();
  random.start(seed, 0);
  const values = new Float64Array(count);
  const words = new Uint32Array(values.buffer);
  for (let at = 0; at < count; at++) {
    const fraction = random.next();
    const other = random.next();
    if (at % 4 === 0) words.set([fraction * 2 ** 32, other * 2 ** 32], 2 * at);
    if (at % 4 === 1) values[at] = (fraction - 0.5) * powerOfTwo(Math.floor(other * 60) - 40);
    if (at % 4 === 2) values[at] = 2 * fraction - 1;
    if (at % 4 === 3) values[at] = 1500 * (fraction - 0.5);
  }
  return values;
}

function powerOfTwo(exponent: number): number {
  let power = 1;
  for (let left = Math.abs(exponent); left > 0; left--) power *= exponent > 0 ? 2 : 0.5;
  return power;
}

if (import.meta.main) {
  const [count, whose] = process.argv.slice(2);
  console.log(JSON.stringify(checksums(Number(count), whose === "engine" ? whose : "ours")));
}
