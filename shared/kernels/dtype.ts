/** Element types an array can have; the names are Zarr's and numpy's. */
export const DTYPES = ["uint16", "uint32", "float32", "float64"] as const;
export type Dtype = (typeof DTYPES)[number];

export const BYTES_PER_ELEMENT: Readonly<Record<Dtype, number>> = {
  uint16: 2,
  uint32: 4,
  float32: 4,
  float64: 8,
};

/** One chunk's cells of one value, row-major. */
export type ChunkArray = Uint16Array | Uint32Array | Float32Array | Float64Array;

/** Dtype by dtype: the typed array that holds it. */
export const ARRAYS = {
  uint16: Uint16Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export function makeArray(dtype: Dtype, length: number): ChunkArray {
  return new ARRAYS[dtype](length);
}

/** uint16 as long as `maximum` leaves its top value free for the fill value, else uint32. */
export function countDtypes(maximum: number): readonly Dtype[] {
  return maximum < 0xffff ? ["uint16", "uint32"] : ["uint32"];
}
