/** Arrays of one to six axes, and what the layout's arithmetic should come to: loops over every element. */
import fc from "fast-check";

/** Shapes of up to about 4,000 elements, each with a chunk shape that fits. */
export const cuts = fc.integer({ min: 1, max: 6 }).chain((axes) => {
  const side = fc.integer({ min: 1, max: [0, 40, 20, 9, 6, 5, 4][axes]! });
  const sides = fc.array(side, { minLength: axes, maxLength: axes });
  return fc.tuple(sides, sides).map(([shape, chunk]) => ({
    shape,
    chunkShape: chunk.map((length, axis) => Math.min(length, shape[axis]!)),
  }));
});

/** Every index of an array of that shape, the last axis the fastest. */
export function indices(shape: readonly number[]): number[][] {
  const [length, ...rest] = shape;
  if (length === undefined) return [[]];
  return Array.from({ length }, (_, at) => indices(rest).map((index) => [at, ...index])).flat();
}

/** Which element of an array of that shape has the index, by counting. */
export function place(shape: readonly number[], index: readonly number[]): number {
  return shape.reduce((before, length, axis) => before * length + index[axis]!, 0);
}

export const plus = (a: readonly number[], b: readonly number[]) => a.map((each, axis) => each + b[axis]!);
