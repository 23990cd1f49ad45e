/** How `auto` cuts an array: by bytes an object and by work a chunk, bounded on both sides. */

import { arrayShape } from "../array/grid.ts";
import { elementsIn } from "../array/layout.ts";
import { cellBytes } from "../array/spec.ts";
import type { LoadedKernel } from "../kernels/loader.ts";
import { dearestWork, type Region } from "./estimate.ts";
import { meanWorkOf, mostWorkOf, SURE_SECONDS, WORK_PER_SECOND } from "./work-units.ts";

/** Enough chunks to keep a small fleet busy to the end. */
const AIMED_CHUNKS = 64;
/** What is worth an object: 128 x 128 elements of a thousand units, more that cost less. */
const SMALLEST_WORK = 128 ** 2 * 1000;
/** The most work of a chunk in the dearest part of the array, by the estimate. */
const LARGEST_WORK = 2.5 * WORK_PER_SECOND;
/** Dear elements make no smaller objects than this: each object costs a PUT, a report and a line of every listing. */
const SMALLEST_BYTES = 32 * 2 ** 10;
const LARGEST_BYTES = 2 * 2 ** 20;
/** The limit on chunks for `auto`, however dear an element is: a quarter of a job's limit. */
const MOST_CHUNKS = 250_000;
/** The share by which a side may be longer, to avoid one more chunk that would be a sliver. */
const SLACK = 0.1;

/** What elements cost: `most` is the dearest one's, `dearest` the mean of the dearest part of the array. */
export interface ElementWork {
  readonly most: number;
  readonly dearest: number;
}

/**
 * The chunk shape for `auto`. It follows from the request alone; the coarse run of the kernel is left out where it could
 * change nothing.
 */
export function autoChunkShape(array: Omit<Region, "chunkShape">, kernel: LoadedKernel): number[] {
  const most = mostWorkOf(kernel, array);
  const shapeAt = (dearest: number) => boundedShape(arrayShape(array), cellBytes(array), { most, dearest });
  if (array.measured) return shapeAt(meanWorkOf(kernel, array));
  const cheap = shapeAt(1);
  if (String(cheap) === String(shapeAt(most))) return cheap;
  return shapeAt(dearestWork({ ...array, chunkShape: cheap }, kernel));
}

/**
 * Equal sides where the array allows, about 64 chunks, all of about the same size. A chunk takes 2.5 s at the stated rate where
 * elements are dearest, unless that were less than 32 KiB, or than a 64th of the array; 40 s if each element cost the
 * most; and has 2 MiB at most.
 */
export function boundedShape(
  shape: readonly number[],
  bytesPerElement: number,
  { most, dearest }: ElementWork,
): number[] {
  const elements = elementsIn(shape);
  const wanted = Math.max(elements / AIMED_CHUNKS, SMALLEST_WORK / most);
  const worthwhile = Math.min(SMALLEST_BYTES / bytesPerElement, elements / AIMED_CHUNKS);
  const sure = (SURE_SECONDS * WORK_PER_SECOND) / most;
  const bound = Math.max(
    Math.min(Math.max(LARGEST_WORK / dearest, worthwhile), sure, LARGEST_BYTES / bytesPerElement),
    elements / MOST_CHUNKS,
  );
  const aimed = Math.max(1, Math.min(wanted, bound));
  const slack = aimed * (1 + SLACK) <= bound ? SLACK : 0;
  // The last axis is cut first. The axes before it are taken to get equal sides, or their whole length where that is less; this one gets
  // what is left. Example: 1000 elements of a 4 x 500 x 500 array are cut into 16, then 15, then 4, so 4 x 15 x 16.
  const sides: number[] = [];
  let left = aimed;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const others = shape.slice(0, axis);
    const even = evenlyWith(others, left);
    const before = elementsIn(others.map((length) => Math.min(length, even)));
    const side = evenSide(shape[axis]!, Math.max(1, Math.floor(left / before)), slack);
    sides.unshift(side);
    left = Math.max(1, Math.floor(left / side));
  }
  return sides;
}

/**
 * The equal side of a block of that many elements along `others` and one more axis. An axis shorter than the side counts with its whole
 * length, and the others share the rest.
 * @example
 * evenlyWith([4, 500], 1000); // 15: a block of 4 x 15 x 15 has 900 elements, one of 4 x 16 x 16 would have 1024
 */
function evenlyWith(others: readonly number[], elements: number): number {
  let left = elements;
  let axes = others.length + 1;
  for (const length of others.toSorted((a, b) => a - b)) {
    if (length >= left ** (1 / axes)) break;
    left /= length;
    axes--;
  }
  return Math.floor(left ** (1 / axes));
}

/** About `side`, so that all parts of `length` but the last are equal and that one is hardly less. */
function evenSide(length: number, side: number, slack: number): number {
  return Math.ceil(length / Math.max(1, Math.ceil(length / side - slack)));
}
