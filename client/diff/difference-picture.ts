import { stridesOf } from "../../shared/array/block-copy.ts";
import type { Block } from "../../shared/array/layout.ts";
import type { OnCell } from "./cells-difference.ts";

/** As many cells a side as the pictures of a job have. */
const MOST_CELLS = 1000;

/**
 * Where two arrays differ, small enough to be drawn: each cell has the difference that is furthest from 0 of all that lie in it, along
 * further axes than two as well, so that none is left out. NaN where nothing could be compared.
 */
export class DifferencePicture {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
  readonly #shape: readonly number[];

  /** `shape` is the arrays'. */
  constructor(shape: readonly number[]) {
    this.#shape = shape;
    const [rows, columns] = shape.length === 1 ? [1, shape[0]!] : [shape[0]!, shape[1]!];
    this.rows = Math.min(rows, MOST_CELLS);
    this.columns = Math.min(columns, MOST_CELLS);
    this.values = new Float64Array(this.rows * this.columns).fill(Number.NaN);
  }

  /** The furthest from 0; 0 where nothing differs. */
  get reach(): number {
    return this.values.reduce(
      (most, value) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : 0),
      0,
    );
  }

  /** Takes a block's cells one after the other, row-major. */
  painter({ from, shape }: Pick<Block, "from" | "shape">): OnCell {
    const { values } = this;
    const strides = stridesOf(shape);
    // For each axis, what an index along it adds to the place in the picture.
    const places = shape.map((length, axis) => {
      const [cells, stride] = this.#along(axis);
      return Float64Array.from(
        { length },
        (_, k) => stride * Math.floor(((from[axis]! + k) * cells) / this.#shape[axis]!),
      );
    });
    const last = shape.length - 1;
    const [line, lineLength] = [places[last]!, shape[last]!];
    let [base, inLine] = [0, 0];
    return (cell, difference) => {
      if (inLine === 0)
        base = places
          .slice(0, last)
          .reduce(
            (place, along, axis) => place + along[Math.floor(cell / strides[axis]!) % shape[axis]!]!,
            0,
          );
      const at = base + line[inLine]!;
      if (++inLine === lineLength) inLine = 0;
      const known = values[at]!;
      if (!(Math.abs(difference) <= Math.abs(known)) && !Number.isNaN(difference)) values[at] = difference;
    };
  }

  /** The picture's cells along an axis, and how far they lie apart in `values`. */
  #along(axis: number): readonly [cells: number, stride: number] {
    const isColumn = axis === (this.#shape.length === 1 ? 0 : 1);
    if (isColumn) return [this.columns, 1];
    return axis === 0 ? [this.rows, this.columns] : [1, 0];
  }
}
