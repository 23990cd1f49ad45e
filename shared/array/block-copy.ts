import type { ChunkArray } from "../kernels/kernel.ts";

/** An array's values, row-major, and where in it a block begins. */
export interface BlockIn {
  readonly values: ChunkArray;
  readonly shape: readonly number[];
  readonly from: readonly number[];
}

/**
 * Copies a block of that shape from one array into another, a run of neighbours at a time; the elements are converted where
 * the types differ.
 * @example
 * // The two rows of a chunk into the last two of an array with three:
 * copyBlock([2, 2], { values: chunk, shape: [2, 2], from: [0, 0] }, { values: whole, shape: [3, 4], from: [1, 2] });
 */
export function copyBlock(shape: readonly number[], source: BlockIn, target: BlockIn): void {
  if (shape.includes(0)) return;
  const steps = stridesOf(source.shape);
  const targetSteps = stridesOf(target.shape);
  let at = offsetOf(source.from, steps);
  let targetAt = offsetOf(target.from, targetSteps);
  // Axes that both arrays have no more of are one run with the axis before them.
  let inner = shape.length - 1;
  let run = shape[inner]!;
  for (; inner > 0 && shape[inner] === source.shape[inner] && shape[inner] === target.shape[inner]; inner--)
    run *= shape[inner - 1]!;
  const done = new Array<number>(inner).fill(0);
  for (;;) {
    target.values.set(source.values.subarray(at, at + run), targetAt);
    let axis = inner - 1;
    for (; axis >= 0; axis--) {
      at += steps[axis]!;
      targetAt += targetSteps[axis]!;
      if (++done[axis]! < shape[axis]!) break;
      at -= shape[axis]! * steps[axis]!;
      targetAt -= shape[axis]! * targetSteps[axis]!;
      done[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/** How far apart neighbours along each axis lie in an array of that shape. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

function offsetOf(index: readonly number[], strides: readonly number[]): number {
  let offset = 0;
  for (let axis = 0; axis < strides.length; axis++) offset += index[axis]! * strides[axis]!;
  return offset;
}
