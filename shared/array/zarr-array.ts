import { gunzipSync, gzipSync, constants as zlib, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ARRAYS, BYTES_PER_ELEMENT, type ChunkArray, type Dtype, makeArray } from "../kernels/dtype.ts";
import { CorruptChunkError, describeError } from "../validation/errors.ts";
import { copyBlock } from "./block-copy.ts";
import { crc32c } from "./crc32c.ts";
import { arrayShape } from "./grid.ts";
import { elementsIn, layoutOf } from "./layout.ts";
import type { ArraySpec, Codec } from "./spec.ts";

const CHECKSUM_BYTES = 4;
const GZIP_LEVEL = 1;
const ZSTD_LEVEL = 1;

/** The fill value by dtype: it marks cells without a computed value. */
const FILL_VALUES: Readonly<Record<Dtype, number>> = {
  uint16: 0xffff,
  uint32: 0xffffffff,
  float32: Number.NaN,
  float64: Number.NaN,
};

/**
 * An array's `zarr.json` (Zarr v3), the same for complete and incomplete arrays. Readers need the crc32c codec, which
 * GDAL up to 3.12 lacks.
 */
export function arrayMetadata(
  spec: ArraySpec,
  dimensionNames: readonly string[],
  attributes: object,
): object {
  return {
    zarr_format: 3,
    node_type: "array",
    shape: arrayShape(spec),
    data_type: spec.dtype,
    chunk_grid: { name: "regular", configuration: { chunk_shape: spec.chunkShape } },
    chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
    fill_value: Number.isNaN(fillValue(spec.dtype)) ? "NaN" : fillValue(spec.dtype),
    codecs: [
      { name: "bytes", configuration: { endian: "little" } },
      ...compressor(spec.codec),
      { name: "crc32c" },
    ],
    dimension_names: dimensionNames,
    attributes,
  };
}

/** The value that marks a cell without a computed value: the largest integer, or NaN. */
export function fillValue(dtype: Dtype): number {
  return FILL_VALUES[dtype];
}

/**
 * The bytes to store for a chunk's values (of its own shape). Edge chunks are padded to full size. Throws
 * ChunkOutOfRangeError.
 */
export function encodeChunk(spec: ArraySpec, chunk: number, values: ChunkArray): Uint8Array {
  const { from, shape, elements } = layoutOf(spec).chunk(chunk);
  const size = elementsIn(spec.chunkShape);
  let whole = values;
  if (elements !== size) {
    whole = makeArray(spec.dtype, size).fill(fillValue(spec.dtype));
    copyBlock({ values, from, shape }, { values: whole, from, shape: spec.chunkShape });
  }
  return encodeValues(spec.codec, whole);
}

/** Values as they are stored: compressed, with a checksum. */
export function encodeValues(codec: Codec, values: ChunkArray): Uint8Array {
  const packed = compress(codec, bytesOf(values));
  const stored = new Uint8Array(packed.length + CHECKSUM_BYTES);
  stored.set(packed);
  new DataView(stored.buffer).setUint32(packed.length, crc32c(packed), true);
  return stored;
}

/** The maximum size of an encoded chunk: data that cannot be compressed grows by a share, and has a header. */
export function mostEncodedBytes(spec: ArraySpec): number {
  return Math.ceil(1.01 * chunkBytes(spec)) + 1000;
}

/** The values of a stored chunk, cut to its own shape. Throws CorruptChunkError and ChunkOutOfRangeError. */
export function decodeChunk(spec: ArraySpec, chunk: number, stored: Uint8Array): ChunkArray {
  const { from, shape, elements } = layoutOf(spec).chunk(chunk);
  // readEncoded returns no bytes for an object with too many.
  if (stored.length === 0) throw new CorruptChunkError(`no bytes, or more than ${mostEncodedBytes(spec)}`);
  const packed = stored.subarray(0, Math.max(0, stored.length - CHECKSUM_BYTES));
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  if (stored.length < CHECKSUM_BYTES || view.getUint32(packed.length, true) !== crc32c(packed)) {
    throw new CorruptChunkError(`${stored.length} bytes with a wrong checksum`);
  }
  const expected = chunkBytes(spec);
  const bytes = decompress(spec.codec, packed, expected);
  if (bytes.length !== expected) throw new CorruptChunkError(`${bytes.length} bytes instead of ${expected}`);
  const whole = valuesOf(spec.dtype, bytes);
  if (elements === whole.length) return whole;
  const values = makeArray(spec.dtype, elements);
  copyBlock({ values: whole, from, shape: spec.chunkShape }, { values, from, shape });
  return values;
}

/** The size of a full, uncompressed chunk. */
function chunkBytes({ chunkShape, dtype }: ArraySpec): number {
  return elementsIn(chunkShape) * BYTES_PER_ELEMENT[dtype];
}

export function bytesOf(values: ChunkArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Values from bytes in the dtype's little-endian layout, the inverse of `bytesOf`. */
export function valuesOf(dtype: Dtype, bytes: Uint8Array): ChunkArray {
  // Copies, because a view needs an aligned start. Not by slice: for a Buffer, slice is a view of its pool.
  return new ARRAYS[dtype](new Uint8Array(bytes).buffer);
}

function compressor(codec: Codec): object[] {
  if (codec === "gzip") return [{ name: "gzip", configuration: { level: GZIP_LEVEL } }];
  if (codec === "zstd") return [{ name: "zstd", configuration: { level: ZSTD_LEVEL, checksum: false } }];
  return [];
}

function compress(codec: Codec, bytes: Uint8Array): Uint8Array {
  if (codec === "gzip") return gzipSync(bytes, { level: GZIP_LEVEL });
  if (codec === "zstd")
    return zstdCompressSync(bytes, { params: { [zlib.ZSTD_c_compressionLevel]: ZSTD_LEVEL } });
  return bytes;
}

/** Stops at the expected length: any writer to the store may claim that 4 MB decompress to 4 GB. */
function decompress(codec: Codec, bytes: Uint8Array, expected: number): Uint8Array {
  const options = { maxOutputLength: expected };
  try {
    if (codec === "gzip") return gunzipSync(bytes, options);
    if (codec === "zstd") return zstdDecompressSync(bytes, options);
    return bytes;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      throw new CorruptChunkError(`more than ${expected} bytes`, { cause });
    throw new CorruptChunkError(`bytes that ${codec} cannot read (${describeError(cause)})`, { cause });
  }
}
