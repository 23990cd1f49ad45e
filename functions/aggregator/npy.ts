import { chunkWindow } from "../../shared/chunks.ts";
import { arrayShape } from "../../shared/job.ts";
import type { Dtype } from "../../shared/kernels/kernel.ts";
import { type ChunkOf, findChunk } from "../../shared/stored-chunk.ts";
import type { Store } from "../../shared/stores/store.ts";
import { bytesOf, fillValue, gridOf, makeArray } from "../../shared/stores/zarr-array.ts";

const DESCRIPTIONS: Readonly<Record<Dtype, string>> = {
  uint16: "<u2",
  uint32: "<u4",
  float32: "<f4",
  float64: "<f8",
};
const HEADER_ALIGNMENT = 64;

/**
 * The array as one .npy file (format 1.0), a band of chunk rows at a time: memory holds one band, not the array.
 * Chunks that are missing are filled with the fill value. Format: numpy.lib.format.
 */
export async function* npyParts(store: Store, job: ChunkOf): AsyncGenerator<Uint8Array> {
  const { spec } = job;
  const grid = gridOf(spec);
  yield npyHeader(spec.dtype, arrayShape(spec));
  for (let down = 0; down < grid.down; down++) {
    const { rowStart, rowEnd } = chunkWindow(grid, down * grid.across);
    const band = makeArray(spec.dtype, (rowEnd - rowStart) * grid.columns).fill(fillValue(spec.dtype));
    for (let across = 0; across < grid.across; across++) {
      const chunk = down * grid.across + across;
      const found = await findChunk(store, job, chunk);
      if (!found) continue;
      const { columnStart, columnEnd } = chunkWindow(grid, chunk);
      const width = columnEnd - columnStart;
      for (let row = 0; row < rowEnd - rowStart; row++) {
        band.set(found.values.subarray(row * width, (row + 1) * width), row * grid.columns + columnStart);
      }
    }
    yield bytesOf(band);
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
