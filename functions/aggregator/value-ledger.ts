import type { Overview } from "../../plots/picture.ts";
import { copyBlock, type Piece } from "../../shared/array/block-copy.ts";
import { type Block, elementsIn } from "../../shared/array/layout.ts";
import { tileOf, type View } from "../../shared/array/overview.ts";
import { valuesOf } from "../../shared/array/zarr-array.ts";
import { BYTES_PER_ELEMENT, type ChunkArray, type Dtype } from "../../shared/kernels/dtype.ts";
import type { ValueReport } from "../../shared/messages/chunk-report.ts";

/** What was reported of one value: statistics of each chunk, NaN where there is no report, and the cells of the pictures. */
export class ValueLedger {
  readonly sum: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly nonFinite: Float64Array;
  readonly overview: Overview;
  readonly #canvas: Piece;
  readonly #view: View;
  readonly #dtype: Dtype;

  constructor(view: View, dtype: Dtype) {
    const column = () => new Float64Array(view.layout.total).fill(Number.NaN);
    this.sum = column();
    this.min = column();
    this.max = column();
    this.nonFinite = column();
    const { cells: shape } = view;
    const values = new Float64Array(elementsIn(shape)).fill(Number.NaN);
    this.#canvas = { values, shape, from: shape.map(() => 0) };
    const [columns = 1, rows = 1] = shape.slice(0, 2).toReversed();
    this.overview = { rows, columns, values };
    this.#view = view;
    this.#dtype = dtype;
  }

  /** False where the report has no tile, or one that cannot be the chunk's. */
  add(chunk: number, { sum, min, max, nonFinite, tile: encoded }: ValueReport): boolean {
    this.sum[chunk] = sum;
    this.min[chunk] = min ?? Number.NaN;
    this.max[chunk] = max ?? Number.NaN;
    this.nonFinite[chunk] = nonFinite;
    const bytes = Buffer.from(encoded ?? "", "base64");
    const tile = this.#tileOf(chunk);
    if (encoded === null || bytes.length !== tile.elements * BYTES_PER_ELEMENT[this.#dtype]) return false;
    this.#paint(tile, valuesOf(this.#dtype, bytes));
    return true;
  }

  /** Paints a chunk's cells of the view, given as sampleTile gives them. */
  paint(chunk: number, values: ChunkArray): void {
    this.#paint(this.#tileOf(chunk), values);
  }

  forget(chunk: number): void {
    const tile = this.#tileOf(chunk);
    this.#paint(tile, new Float64Array(tile.elements).fill(Number.NaN));
  }

  #paint({ from, shape, elements }: Block, values: ChunkArray): void {
    if (elements === 0) return;
    // A picture has no colour for infinity, which integers cannot be.
    const isWhole = values instanceof Uint16Array || values instanceof Uint32Array;
    const finite = isWhole ? values : values.map((value) => (Number.isFinite(value) ? value : Number.NaN));
    copyBlock({ values: finite, from, shape }, this.#canvas);
  }

  #tileOf(chunk: number): Block {
    return tileOf(this.#view, this.#view.layout.chunk(chunk));
  }
}
