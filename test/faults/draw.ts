import { seededRandom } from "../../client/local/seeded-random.ts";

/** Draws from a seed: the same seed, the same draws in the same order. */
export class Draw {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  real(least: number, most: number): number {
    return least + this.#random() * (most - least);
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** One of these, which must not be none. */
  of<Value>(values: readonly Value[]): Value {
    return values[this.whole(0, values.length - 1)]!;
  }
}
