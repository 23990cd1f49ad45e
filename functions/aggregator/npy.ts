import { copyBlock } from "../../shared/array/block-copy.ts";
import { type Block, type Chunk, elementsIn, inRows, Layout, layoutOf } from "../../shared/array/layout.ts";
import { arraysOf } from "../../shared/array/spec.ts";
import { bytesOf, decodeChunk, fillValue } from "../../shared/array/zarr-array.ts";
import { BYTES_PER_ELEMENT, type Dtype, makeArray } from "../../shared/kernels/dtype.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { type ChunkOf, chunkKeys } from "../../shared/record/array-keys.ts";
import { readEncoded } from "../../shared/record/stored-chunk.ts";

const DESCRIPTIONS: Readonly<Record<Dtype, string>> = {
  uint16: "<u2",
  uint32: "<u4",
  float32: "<f4",
  float64: "<f8",
};
const HEADER_ALIGNMENT = 64;
const BAND_BYTES = 256 * 2 ** 20;

export interface NpyOptions {
  /** The value's place in the spec. */
  readonly value?: number;
  /** Is told of a chunk that is there and cannot be read: the export has a hole in its place where this does not throw. */
  readonly onUnreadable?: (chunk: number, error: unknown) => void;
  readonly bandBytes?: number;
}

/**
 * The array of a value as one .npy file (format 1.0), a band of rows at a time: memory holds one band, not the array. A row of
 * chunks larger than a band is read once for each. Chunks that are missing are filled with the fill value. Throws, unless
 * told otherwise, CorruptChunkError and what the store throws.
 * Format: numpy.lib.format.
 */
export async function* npyParts(
  store: StoreReader,
  job: ChunkOf,
  { value = 0, onUnreadable = rethrow, bandBytes = BAND_BYTES }: NpyOptions = {},
): AsyncGenerator<Uint8Array> {
  const array = arraysOf(job.spec)[value]!;
  const { dtype } = array;
  const layout = layoutOf(job.spec);
  yield npyHeader(dtype, layout.shape);
  const rows = inRows(layout);
  const read = async (chunk: number) => {
    const stored = await readEncoded(store, chunkKeys(job, chunk)[value]!, array);
    return stored && decodeChunk(array, chunk, stored);
  };
  for (const { chunks, shape, from, elements } of bandsOf(rows, bandBytes / BYTES_PER_ELEMENT[dtype])) {
    const band = makeArray(dtype, elements).fill(fillValue(dtype));
    for (const chunk of chunks) {
      // A chunk that is not there is a hole. One that is there and cannot be read must not look like one unnoticed.
      const values = await read(chunk.index).catch((error) => void onUnreadable(chunk.index, error));
      if (values) copyBlock({ values, from: chunk.from, shape: chunk.shape }, { values: band, from, shape });
    }
    yield bytesOf(band);
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

function npyHeader(dtype: Dtype, shape: readonly number[]): Uint8Array {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${DESCRIPTIONS[dtype]}', 'fortran_order': False, 'shape': (${sides}), }`;
  const unpadded = 10 + text.length + 1;
  const padding = (HEADER_ALIGNMENT - (unpadded % HEADER_ALIGNMENT)) % HEADER_ALIGNMENT;
  const dictionary = `${text}${" ".repeat(padding)}\n`;
  const header = Buffer.alloc(10 + dictionary.length);
  header.write("\x93NUMPY\x01\x00", "latin1");
  header.writeUInt16LE(dictionary.length, 8);
  header.write(dictionary, 10, "latin1");
  return header;
}
