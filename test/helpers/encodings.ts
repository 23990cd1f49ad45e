import { constants, zstdCompressSync } from "node:zlib";
import { crc32c } from "../../shared/array/crc32c.ts";
import { arraysOf, type JobSpec } from "../../shared/array/spec.ts";
import { decodeChunk } from "../../shared/array/zarr-array.ts";

/** The same values as another version of the compressor might have encoded them: as good, and other bytes. */
export function encodedOtherwise(spec: JobSpec, chunk: number, encoded: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = decodeChunk(arraysOf(spec)[0]!, chunk, encoded);
  const packed = zstdCompressSync(new Uint8Array(buffer, byteOffset, byteLength), {
    params: { [constants.ZSTD_c_compressionLevel]: 19, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  return withChecksum(packed);
}

/** Any bytes as a stored chunk that is intact. */
function withChecksum(packed: Uint8Array): Uint8Array {
  const stored = new Uint8Array(packed.length + 4);
  stored.set(packed);
  new DataView(stored.buffer).setUint32(packed.length, crc32c(packed), true);
  return stored;
}
