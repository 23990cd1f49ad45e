/** The whole of what was sampled, by a ratio to something that is known of the whole. */
import { type Range, Z_80 } from "../../shared/plan/ranges.ts";

/** What a piece took, and how much of the whole it is: by its cells, and by their work as it was estimated. */
export interface Sample {
  readonly ms: number;
  readonly cells: number;
  readonly work: number;
}

type Size = Pick<Sample, "cells" | "work">;

/** Estimates are used where they make the whole surer by this factor: among few samples it is chance which seems surer. */
const SURER = 0.8;

/**
 * Pieces that were measured, summed up. The whole is their time a cell, or a unit of estimated work, times the whole's (the ratio
 * estimator: W. Cochran, Sampling Techniques, 1977, chapter 6).
 */
export class SampledTotal {
  readonly #whole: Size;
  readonly #byCells = new Ratio();
  readonly #byWork = new Ratio();
  ms = 0;
  count = 0;

  constructor(whole: Size) {
    this.#whole = whole;
  }

  add({ ms, cells, work }: Sample): void {
    this.ms += ms;
    this.count++;
    this.#byCells.add(ms, cells);
    this.#byWork.add(ms, work);
  }

  /** The pieces' own. */
  get size(): Size {
    return { cells: this.#byCells.size, work: this.#byWork.size };
  }

  /** What other pieces of that size would have taken. */
  msOf(size: Size): number {
    const [ratio, of] = this.#surer();
    return ratio.of(size[of]);
  }

  /** Relative, of one standard deviation; 0 where all was seen. */
  get error(): number {
    const [ratio] = this.#surer();
    const seen = Math.min(1, this.#byCells.size / this.#whole.cells);
    return ratio.error * Math.sqrt(1 - seen);
  }

  /** The whole in CPU seconds, and where it is in 80 of 100 samplings. */
  get seconds(): Range {
    const expected = this.msOf(this.#whole) / 1000;
    const factor = Math.exp(Z_80 * this.error);
    return { low: expected / factor, expected, high: expected * factor };
  }

  #surer(): readonly [Ratio, keyof Size] {
    const isWork = this.#byWork.error < SURER * this.#byCells.error;
    return isWork ? [this.#byWork, "work"] : [this.#byCells, "cells"];
  }
}

/** Times y and sizes x, as sums that tell how well y / x is known. */
class Ratio {
  #count = 0;
  #y = 0;
  #yy = 0;
  #xy = 0;
  #xx = 0;
  size = 0;

  add(y: number, x: number): void {
    this.#count++;
    this.#y += y;
    this.size += x;
    this.#yy += y * y;
    this.#xy += x * y;
    this.#xx += x * x;
  }

  of(x: number): number {
    return (x * this.#y) / this.size;
  }

  get error(): number {
    if (this.#count < 2 || this.#y === 0) return 1;
    const ratio = this.#y / this.size;
    const squares = Math.max(0, this.#yy - 2 * ratio * this.#xy + ratio ** 2 * this.#xx);
    return Math.sqrt((squares * this.#count) / (this.#count - 1)) / this.#y;
  }
}
