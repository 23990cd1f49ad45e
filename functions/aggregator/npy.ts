import type { ChunkOf } from "../../shared/array-keys.ts";
import { type ChunkGrid, chunkWindow, gridOf } from "../../shared/chunks.ts";
import { arrayShape } from "../../shared/grid.ts";
import { BYTES_PER_ELEMENT, type Dtype, makeArray } from "../../shared/kernels/kernel.ts";
import { readEncoded } from "../../shared/stored-chunk.ts";
import type { StoreReader } from "../../shared/stores/store.ts";
import { bytesOf, decodeChunk, fillValue } from "../../shared/stores/zarr-array.ts";

const DESCRIPTIONS: Readonly<Record<Dtype, string>> = {
  uint16: "<u2",
  uint32: "<u4",
  float32: "<f4",
  float64: "<f8",
};
const HEADER_ALIGNMENT = 64;
const BAND_BYTES = 256 * 2 ** 20;

/** Is told of a chunk that is there and cannot be read: the export has a hole in its place where this does not throw. */
export type OnUnreadable = (chunk: number, error: unknown) => void;

/**
 * The array as one .npy file (format 1.0), a band of rows at a time: memory holds one band, not the array. A row of
 * chunks larger than a band (`bandBytes`) is read once for each. Chunks that are missing are filled with the fill value. Throws, unless
 * told otherwise, CorruptChunkError and what the store throws.
 * Format: numpy.lib.format.
 */
export async function* npyParts(
  store: StoreReader,
  job: ChunkOf,
  onUnreadable: OnUnreadable = (_, error) => {
    throw error;
  },
  bandBytes = BAND_BYTES,
): AsyncGenerator<Uint8Array> {
  const { spec } = job;
  const grid = gridOf(spec);
  yield npyHeader(spec.dtype, arrayShape(spec));
  const band = bandReader(store, job, grid, onUnreadable);
  const mostRows = Math.max(1, Math.floor(bandBytes / (grid.columns * BYTES_PER_ELEMENT[spec.dtype])));
  for (let down = 0; down < grid.down; down++) {
    const { rowStart, rowEnd } = chunkWindow(grid, down * grid.across);
    for (let start = rowStart; start < rowEnd; start += mostRows) {
      yield bytesOf(await band(down, start, Math.min(start + mostRows, rowEnd)));
    }
  }
}

/** Reads the rows `start` to `end` (exclusive) of the array, all within the chunks of one row. */
function bandReader(store: StoreReader, job: ChunkOf, grid: ChunkGrid, onUnreadable: OnUnreadable) {
  const { dtype } = job.spec;
  const read = async (chunk: number) => {
    const stored = await readEncoded(store, job, chunk);
    return stored && decodeChunk(job.spec, chunk, stored);
  };
  return async (down: number, start: number, end: number) => {
    const band = makeArray(dtype, (end - start) * grid.columns).fill(fillValue(dtype));
    for (let across = 0; across < grid.across; across++) {
      const chunk = down * grid.across + across;
      // A chunk that is not there is a hole. One that is there and cannot be read must not look like one unnoticed.
      const values = await read(chunk).catch((error) => void onUnreadable(chunk, error));
      if (!values) continue;
      const { rowStart, columnStart, columnEnd } = chunkWindow(grid, chunk);
      const width = columnEnd - columnStart;
      for (let row = start; row < end; row++) {
        const from = (row - rowStart) * width;
        band.set(values.subarray(from, from + width), (row - start) * grid.columns + columnStart);
      }
    }
    return band;
  };
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
