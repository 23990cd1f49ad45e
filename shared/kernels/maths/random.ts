/**
 * Random numbers of a cell: sfc32 (Chris Doty-Humphrey, PractRand 0.95; public domain), whose 128 bits of state begin as
 * the job's seed and the cell's place in the whole array, 53 bits each. So they depend neither on chunks nor on the engine.
 */

/** Rounds before the first number: PractRand's own for 96 bits of seed. */
const ROUNDS = 15;

/** A sequence that is begun anew for each cell, for loops over many. */
export interface CellRandom {
  /** Begins the sequence of a cell; both are whole numbers from 0 to 2^53 - 1. It costs next to nothing until `next` is called. */
  start(seed: number, cell: number): void;
  /** The next number: a multiple of 2^-53, 0 <= number < 1. */
  readonly next: () => number;
}

/**
 * The numbers of one cell, each a multiple of 2^-53 from 0 to 1 (exclusive). `seed` and `cell` are whole numbers from 0 to
 * 2^53 - 1, the cell's the index in the whole array, row by row.
 *
 * @example const random = randomOf(42, 1_000_000); random() < 0.5
 */
export function randomOf(seed: number, cell: number): () => number {
  const random = cellRandom();
  random.start(seed, cell);
  return random.next;
}

/** A sequence for many cells in turn, the first of them seed 0, cell 0. */
export function cellRandom(): CellRandom {
  const state = new Int32Array(4);
  let fresh = true;
  return {
    start(seed, cell) {
      state[0] = seed;
      state[1] = cell;
      state[2] = seed * 2.3283064365386963e-10; // 2^-32
      state[3] = cell * 2.3283064365386963e-10;
      fresh = true;
    },
    next() {
      let a = state[0]!;
      let b = state[1]!;
      let c = state[2]!;
      let counter = state[3]!;
      let high = 0;
      let low = 0;
      // The last two words make the number; the loop is written out once, since a function for a word, or destructuring, takes four times as long.
      for (let left = fresh ? ROUNDS + 2 : 2; left > 0; left--) {
        high = low;
        low = (((a + b) | 0) + counter) | 0;
        counter = (counter + 1) | 0;
        a = b ^ (b >>> 9);
        b = (c + (c << 3)) | 0;
        c = (((c << 21) | (c >>> 11)) + low) | 0;
      }
      fresh = false;
      state[0] = a;
      state[1] = b;
      state[2] = c;
      state[3] = counter;
      // 53 bits: of 32, one draw in 4 thousand million is 0, and a large array has as many; its logarithm is not finite.
      return ((high >>> 5) * 67108864 + (low >>> 6)) * 1.1102230246251565e-16; // 2^26, 2^-53
    },
  };
}
