/** A stored array in the order of its cells, as much of it at a time as memory holds. */
import { copyBlock } from "../../shared/array/block-copy.ts";
import { type Block, type Chunk, elementsIn, inRows, Layout, layoutOf } from "../../shared/array/layout.ts";
import { arraysOf } from "../../shared/array/spec.ts";
import { decodeChunk, fillValue } from "../../shared/array/zarr-array.ts";
import { BYTES_PER_ELEMENT, type ChunkArray, makeArray } from "../../shared/kernels/dtype.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { type ChunkOf, chunkKeys } from "../../shared/record/array-keys.ts";
import { readEncoded } from "../../shared/record/stored-chunk.ts";

const BAND_BYTES = 256 * 2 ** 20;

export interface BandOptions {
  /** The values' places in the spec; all unless it is said. */
  readonly values: readonly number[];
  /** Is told of a chunk that is there and cannot be read: there is a hole in its place where this does not throw. */
  readonly onUnreadable: (chunk: number, error: unknown) => void;
  /** About the most bytes of a band. */
  readonly bandBytes: number;
}

/** Cells that follow one another in the array, an array of them a value. */
export interface FilledBand extends Block {
  readonly arrays: readonly ChunkArray[];
}

/**
 * Every cell once, row-major. A row of chunks larger than a band is read once for each. Missing chunks have the fill value. Throws,
 * unless told otherwise, CorruptChunkError and what the store throws.
 */
export async function* bandsOfJob(
  store: StoreReader,
  job: ChunkOf,
  { values, onUnreadable = rethrow, bandBytes = BAND_BYTES }: Partial<BandOptions> = {},
): AsyncGenerator<FilledBand> {
  const chosen = values ?? job.spec.values.map((_, k) => k);
  const arrays = arraysOf(job.spec);
  const rows = inRows(layoutOf(job.spec));
  const bytes = chosen.reduce((sum, value) => sum + BYTES_PER_ELEMENT[arrays[value]!.dtype], 0);
  for (const { chunks, shape, from, elements } of bandsOf(rows, bandBytes / bytes)) {
    const filled = chosen.map((value) =>
      makeArray(arrays[value]!.dtype, elements).fill(fillValue(arrays[value]!.dtype)),
    );
    for (const chunk of chunks) {
      const keys = chunkKeys(job, chunk.index);
      for (const [k, value] of chosen.entries()) {
        const array = arrays[value]!;
        const read = async () => {
          const stored = await readEncoded(store, keys[value]!, array);
          return stored && decodeChunk(array, chunk.index, stored);
        };
        // A chunk that is not there is a hole. One that is there and cannot be read must not look like one unnoticed.
        const cells = await read().catch((error) => void onUnreadable(chunk.index, error));
        if (cells)
          copyBlock(
            { values: cells, from: chunk.from, shape: chunk.shape },
            { values: filled[k]!, from, shape },
          );
      }
    }
    yield { from, shape, elements, arrays: filled };
  }
}

function rethrow(_: number, error: unknown): never {
  throw error;
}

/** What of the array follows one another in the file, and the chunks that have a part in it. */
interface Band extends Block {
  readonly chunks: Iterable<Chunk>;
}

/**
 * The array in bands of at most about `mostElements`: rows of one row of chunks. If one index of the first axis has
 * more, as is possible with three axes, the bands run along the next axis.
 */
export function* bandsOf(layout: Layout, mostElements: number): Generator<Band> {
  const { shape, chunkShape, counts } = layout;
  const sizeBelow = (axis: number) => elementsIn(shape.slice(axis + 1));
  const along = shape.findIndex((_, axis) => axis === shape.length - 2 || sizeBelow(axis) <= mostElements);
  const mostRows = Math.max(1, Math.floor(mostElements / sizeBelow(along)));
  const abreast = elementsIn(counts.slice(along + 1));
  const sides = shape.map((length, axis) => (axis < along ? 1 : axis === along ? chunkShape[axis]! : length));
  for (const { from, shape } of new Layout(layout.shape, sides).chunks()) {
    const { index } = layout.chunkAt(from);
    for (let row = 0; row < shape[along]!; row += mostRows) {
      const cut = shape.with(along, Math.min(mostRows, shape[along]! - row));
      yield {
        from: from.with(along, from[along]! + row),
        shape: cut,
        elements: elementsIn(cut),
        chunks: layout.chunks(index, index + abreast),
      };
    }
  }
}
