import { layoutOf } from "../../shared/array/layout.ts";
import { arraysOf } from "../../shared/array/spec.ts";
import { bytesOf } from "../../shared/array/zarr-array.ts";
import type { Dtype } from "../../shared/kernels/dtype.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import type { ChunkOf } from "../../shared/record/array-keys.ts";
import { type BandOptions, bandsOfJob } from "./bands.ts";

const DESCRIPTIONS: Readonly<Record<Dtype, string>> = {
  uint16: "<u2",
  uint32: "<u4",
  float32: "<f4",
  float64: "<f8",
};
const HEADER_ALIGNMENT = 64;

export interface NpyOptions extends Partial<Omit<BandOptions, "values">> {
  /** The value's place in the spec. */
  readonly value?: number;
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
  { value = 0, ...options }: NpyOptions = {},
): AsyncGenerator<Uint8Array> {
  const array = arraysOf(job.spec)[value]!;
  const { dtype } = array;
  const layout = layoutOf(job.spec);
  yield npyHeader(dtype, layout.shape);
  for await (const { arrays } of bandsOfJob(store, job, { ...options, values: [value] }))
    yield bytesOf(arrays[0]!);
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
