/** How an array is cut into chunks, for any number of axes. Only this file computes the place of a chunk. */
import { ChunkOutOfRangeError } from "../validation/errors.ts";
import { type Axis, arrayShape } from "./grid.ts";

/** A box of elements: its first index and its length along each axis. */
export interface Block {
  readonly from: readonly number[];
  readonly shape: readonly number[];
  readonly elements: number;
}

/** The part of the array that one chunk covers; edge chunks are cut to the array. */
export interface Chunk extends Block {
  /** The chunk's number in row-major order: the last axis is the fastest. */
  readonly index: number;
  /** The number of chunks before it along each axis. */
  readonly coordinates: readonly number[];
}

/**
 * An array's shape and its cut.
 * @example
 * const layout = new Layout([5, 4], [2, 3]);
 * layout.total; // 6
 * layout.chunk(5); // { index: 5, coordinates: [2, 1], from: [4, 3], shape: [1, 1], elements: 1 }
 */
export class Layout {
  readonly shape: readonly number[];
  readonly chunkShape: readonly number[];
  /** Chunks along each axis, and all of them. */
  readonly counts: readonly number[];
  readonly total: number;

  /** Both shapes have a length for each axis. */
  constructor(shape: readonly number[], chunkShape: readonly number[]) {
    this.shape = shape;
    this.chunkShape = chunkShape;
    this.counts = shape.map((length, axis) => Math.ceil(length / chunkShape[axis]!));
    this.total = elementsIn(this.counts);
  }

  /** The number of elements in the array. */
  get elements(): number {
    return elementsIn(this.shape);
  }

  /** Throws ChunkOutOfRangeError. */
  chunk(index: number): Chunk {
    if (index >= this.total) throw new ChunkOutOfRangeError(index, this.total);
    const axes = this.shape.length;
    // A loop, because map and slice take twice as long: there may be a million chunks.
    const coordinates = new Array<number>(axes);
    const from = new Array<number>(axes);
    const shape = new Array<number>(axes);
    let rest = index;
    let elements = 1;
    for (let axis = axes - 1; axis >= 0; axis--) {
      const count = this.counts[axis]!;
      const side = this.chunkShape[axis]!;
      const coordinate = rest % count;
      const start = coordinate * side;
      const length = Math.min(side, this.shape[axis]! - start);
      coordinates[axis] = coordinate;
      from[axis] = start;
      shape[axis] = length;
      elements *= length;
      rest = Math.floor(rest / count);
    }
    return { index, coordinates, from, shape, elements };
  }

  /** The chunk that contains an element. */
  chunkAt(element: readonly number[]): Chunk {
    const index = element.reduce(
      (before, at, axis) => before * this.counts[axis]! + Math.floor(at / this.chunkShape[axis]!),
      0,
    );
    return this.chunk(index);
  }

  /** Chunks `from` (inclusive) to `to` (exclusive), in the order of their indices. */
  *chunks(from = 0, to = this.total): Generator<Chunk> {
    for (let index = from; index < to; index++) yield this.chunk(index);
  }
}

/** The fields of a job's spec that determine its layout. */
export interface Cut {
  readonly axes: readonly Axis[];
  readonly chunkShape: readonly number[];
}

const known = new WeakMap<Cut, Layout>();

/** The layout of a job's array: computed once for each spec, not again for each of its chunks. */
export function layoutOf(spec: Cut): Layout {
  const before = known.get(spec);
  if (before) return before;
  const layout = new Layout(arrayShape(spec), spec.chunkShape);
  known.set(spec, layout);
  return layout;
}

/** Turns an array with one axis into a single row, whose chunks have the same indices; leaves any other as it is. */
export function inRows(layout: Layout): Layout {
  return layout.shape.length > 1 ? layout : new Layout([1, ...layout.shape], [1, ...layout.chunkShape]);
}

/** The number of elements of an array, or a chunk, of that shape. */
export function elementsIn(shape: readonly number[]): number {
  let elements = 1;
  for (const length of shape) elements *= length;
  return elements;
}
