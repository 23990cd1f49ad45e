/** How cells travel: little-endian, in the smallest type that has all of a value's numbers. */

const HOLES = { uint16: 2 ** 16 - 1, uint32: 2 ** 32 - 1 } as const;

/** Types of cells as text; `hole` stands for NaN, as in the array itself. */
export const CELL_TYPES = {
  uint16: { array: Uint16Array, hole: HOLES.uint16 },
  uint32: { array: Uint32Array, hole: HOLES.uint32 },
  float32: { array: Float32Array, hole: Number.NaN },
  float64: { array: Float64Array, hole: Number.NaN },
} as const;
export type CellType = keyof typeof CELL_TYPES;

export interface CellsText {
  readonly type: CellType;
  readonly base64: string;
}

/** The type for an element type of arrays; of one that this version does not know, the widest. */
export const cellTypeOf = (dtype: string): CellType =>
  Object.hasOwn(CELL_TYPES, dtype) ? (dtype as CellType) : "float64";
