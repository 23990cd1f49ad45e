import type { ChunkArray } from "../kernels/dtype.ts";
import type { Block } from "./layout.ts";

/** A block of an array with its values, row-major. */
export interface Piece extends Pick<Block, "from" | "shape"> {
  readonly values: ChunkArray;
}

/**
 * Copies the common part of two blocks of one array, a run of neighbours at a time; elements are converted if the types
 * differ.
 * @example
 * // A chunk into the band of rows that it crosses:
 * copyBlock({ values, ...layout.chunk(5) }, { values: band, from: [4, 0], shape: [1, 4] });
 */
export function copyBlock(source: Piece, target: Piece): void {
  const axes = source.shape.length;
  const shape = new Array<number>(axes);
  const strides = stridesOf(source.shape);
  const targetStrides = stridesOf(target.shape);
  let at = 0;
  let targetAt = 0;
  for (let axis = 0; axis < axes; axis++) {
    const from = source.from[axis]!;
    const targetFrom = target.from[axis]!;
    const start = Math.max(from, targetFrom);
    shape[axis] = Math.min(from + source.shape[axis]!, targetFrom + target.shape[axis]!) - start;
    if (shape[axis]! <= 0) return;
    at += (start - from) * strides[axis]!;
    targetAt += (start - targetFrom) * targetStrides[axis]!;
  }
  // Merges trailing axes that both blocks cover whole into one run with the axis before them.
  let inner = axes - 1;
  let run = shape[inner]!;
  for (; inner > 0 && shape[inner] === source.shape[inner] && shape[inner] === target.shape[inner]; inner--)
    run *= shape[inner - 1]!;
  const done = new Array<number>(inner).fill(0);
  for (;;) {
    target.values.set(source.values.subarray(at, at + run), targetAt);
    let axis = inner - 1;
    for (; axis >= 0; axis--) {
      at += strides[axis]!;
      targetAt += targetStrides[axis]!;
      if (++done[axis]! < shape[axis]!) break;
      at -= shape[axis]! * strides[axis]!;
      targetAt -= shape[axis]! * targetStrides[axis]!;
      done[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/**
 * The distance between neighbours along each axis in an array of that shape, in elements.
 * @example
 * stridesOf([4, 3]); // [3, 1]
 */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}
