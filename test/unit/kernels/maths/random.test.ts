import { describe, expect, test } from "vitest";
import { cellRandom, randomOf } from "../../../../shared/kernels/maths/random.ts";

const LARGEST = 2 ** 53 - 1;

test("the numbers have these bits", () => {
  const numbers = (seed: number, cell: number) => Array.from({ length: 2 }, randomOf(seed, cell));
  expect([numbers(0, 0), numbers(1, 0), numbers(0, 1), numbers(LARGEST, LARGEST)]).toEqual([
    [0.18830282972553158, 0.22070574447598978],
    [0.6766943651720783, 0.4325985006957407],
    [0.9732434075915346, 0.4039099070271366],
    [0.5537601067326898, 0.6081850295556226],
  ]);
});

test("sfc32 is PractRand's: its words after three words of seed and a counter of 1", () => {
  // The same state by way of seed and cell: a = seed, b = cell, c = the seed's upper half, the counter the cell's.
  const [a, b, c] = [123, 456, 789];
  const random = randomOf(a + c * 2 ** 32, b + 2 ** 32);
  const words = practRand(a, b, c).drop(15);
  for (let draw = 0; draw < 100; draw++) {
    const [high, low] = [words.next().value!, words.next().value!];
    expect(random()).toBe(Number((BigInt(high >>> 5) << 26n) | BigInt(low >>> 6)) / 2 ** 53);
  }
});

/** sfc32 as PractRand 0.95 has it (src/RNGs/sfc.cpp), with unlimited whole numbers. */
function* practRand(
  seedA: number,
  seedB: number,
  seedC: number,
): IteratorObject<number, undefined> & Generator<number> {
  let [a, b, c, counter] = [BigInt(seedA), BigInt(seedB), BigInt(seedC), 1n];
  const word = (value: bigint) => BigInt.asUintN(32, value);
  for (;;) {
    const sum = word(a + b + counter++);
    a = b ^ (b >> 9n);
    b = word(c + (c << 3n));
    c = word(((c << 21n) | (c >> 11n)) + sum);
    yield Number(sum);
  }
}

test("a sequence that is begun anew gives what a new one gives, whatever was drawn before", () => {
  const random = cellRandom();
  for (const [seed, cell] of [
    [5, 7],
    [5, 8],
    [LARGEST, 0],
    [5, 7],
  ] as const) {
    random.start(seed, cell);
    const fresh = randomOf(seed, cell);
    expect(Array.from({ length: 5 }, random.next)).toEqual(Array.from({ length: 5 }, fresh));
  }
});

describe("independence", () => {
  /** Each yields the first draws of sequences that are next to each other. */
  const neighbours: Record<string, (at: number) => number> = {
    "neighbouring cells": (at) => randomOf(1, at)(),
    "cells 2^32 apart": (at) => randomOf(1, at * 2 ** 32)(),
    "rows of 4,000 cells": (at) => randomOf(1, at * 4000)(),
    "neighbouring seeds": (at) => randomOf(at, 17)(),
    "seeds 2^32 apart": (at) => randomOf((at % 2 ** 20) * 2 ** 32, 17)(),
    "seed and cell that grow together": (at) => randomOf(at, at)(),
    "draws of one cell": numbersOf(randomOf(3, 4)),
  };

  test.each(Object.entries(neighbours))("%s: pairs of first draws fill 16 x 16 squares evenly", (_, draw) => {
    // Chi-square with 255 degrees of freedom: beyond 355 once in 30,000.
    expect(chiSquare(draw)).toBeLessThan(355);
    expect(chiSquare(draw)).toBeGreaterThan(170);
  });

  test("what is not independent is seen: a sequence without the first rounds, and one of low discrepancy", () => {
    expect(chiSquare((at) => sfcWithoutRounds(at))).toBeGreaterThan(1000);
    expect(chiSquare((at) => (at * 0.618033988749895) % 1)).toBeGreaterThan(1000);
  });

  test("each bit of seed and cell turns each bit of the number in half of all cases", () => {
    const random = randomOf(99, 99);
    const keys = Array.from({ length: 150 }, () => Math.floor(random() * 2 ** 53));
    const shares = Array.from({ length: 106 }, (_, bit) => {
      const step = 2 ** (bit % 53);
      const turned = Array.from({ length: 53 }, () => 0);
      for (const key of keys) {
        const other = Math.floor(key / step) % 2 === 0 ? key + step : key - step;
        const [seed, cell] = bit < 53 ? [other, 5] : [5, other];
        const first = BigInt(randomOf(bit < 53 ? key : 5, bit < 53 ? 5 : key)() * 2 ** 53);
        let differ = first ^ BigInt(randomOf(seed, cell)() * 2 ** 53);
        for (let at = 0; differ > 0n; at++, differ >>= 1n) turned[at]! += Number(differ & 1n);
      }
      return turned.map((count) => count / keys.length);
    }).flat();
    // 5,618 shares with a standard deviation of 0.041: five of them.
    expect(Math.min(...shares)).toBeGreaterThan(0.296);
    expect(Math.max(...shares)).toBeLessThan(0.704);
  });
});

function numbersOf(random: () => number): (at: number) => number {
  const numbers: number[] = [];
  return (at) => {
    while (numbers.length <= at) numbers.push(random());
    return numbers[at]!;
  };
}

function sfcWithoutRounds(at: number): number {
  return practRand(1, at, 0).next().value! / 2 ** 32;
}

/** How unevenly 25,600 pairs of a draw and the next one fill 256 squares. */
function chiSquare(draw: (at: number) => number): number {
  const squares = Array.from({ length: 256 }, () => 0);
  let before = draw(0);
  for (let at = 1; at <= 25_600; at++) {
    const now = draw(at);
    squares[Math.floor(before * 16) * 16 + Math.floor(now * 16)]! += 1;
    before = now;
  }
  return squares.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
}
