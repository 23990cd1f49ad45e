import { type Axis, arrayShape } from "./grid.ts";
import { elementsIn, Layout } from "./layout.ts";
import { cellBytes, type JobSpec } from "./spec.ts";

const MAX_ELEMENTS = 1.1e10;
export const MAX_CHUNKS = 1_000_000;
/** The most chunks that one message may ask for. */
export const MAX_CHUNKS_PER_MESSAGE = 50;
const MAX_CHUNK_BYTES = 64 * 2 ** 20;

/** A property of a job that exceeds its limit. */
export interface Excess {
  readonly field: "axes" | "chunkShape";
  readonly expected: string;
  readonly received: readonly number[];
}

/** The first limit that an array exceeds, by its size or by its chunks; undefined if none. */
export function excessOf(spec: {
  readonly axes: readonly Axis[];
  readonly values: JobSpec["values"];
  readonly chunkShape: readonly number[];
}): Excess | undefined {
  const shape = arrayShape(spec);
  return elementsExcess(shape) ?? chunkExcess(shape, cellBytes(spec), spec.chunkShape);
}

export function elementsExcess(shape: readonly number[]): Excess | undefined {
  if (elementsIn(shape) <= MAX_ELEMENTS) return undefined;
  return { field: "axes", expected: `at most ${MAX_ELEMENTS} points`, received: shape };
}

export function chunkExcess(
  shape: readonly number[],
  bytesPerCell: number,
  chunk: readonly number[],
): Excess | undefined {
  const excess = (expected: string): Excess => ({ field: "chunkShape", expected, received: chunk });
  if (chunk.length !== shape.length)
    return excess(
      shape.length === 1 ? "one number for the one axis" : `${shape.length} numbers, one for each axis`,
    );
  if (chunk.some((side, k) => side > (shape[k] ?? 0)))
    return excess(`no larger than the array's ${shape.join(" x ")}`);
  if (elementsIn(chunk) * bytesPerCell > MAX_CHUNK_BYTES) return excess(`at most ${MAX_CHUNK_BYTES} bytes`);
  if (new Layout(shape, chunk).total > MAX_CHUNKS)
    return excess(`large enough for at most ${MAX_CHUNKS} chunks`);
  return undefined;
}
