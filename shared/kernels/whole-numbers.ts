/** Arrays of whole numbers convert what is stored in them without a word: a user's function is told. */
import { atPlace, CellError } from "./cell-error.ts";
import type { ChunkArray } from "./dtype.ts";
import type { ChunkWindow, Compute } from "./loaded.ts";
import { coordinatesOf, rangesOf } from "./window-cells.ts";

export const WHOLE = "a whole number from 0 that its array can hold, below the one that marks missing cells";

/** What a cell without a value gets: the largest whole number, or NaN. */
export function lostIn(array: ChunkArray): number {
  if (array instanceof Uint16Array) return 0xffff;
  return array instanceof Uint32Array ? 0xffffffff : Number.NaN;
}

/**
 * Has a window's numbers computed in float64 where its arrays are of whole numbers, and stores them if those can hold each. What is
 * thrown names the window, as a function of a window does not say at which cell it was.
 */
export function exactly(compute: Compute): Compute {
  return (window, out) => {
    const given = out.map((array) => (Number.isNaN(lostIn(array)) ? array : new Float64Array(array.length)));
    try {
      compute(window, given);
    } catch (error) {
      throw atPlace(error, `in the window ${rangesOf(window)}`);
    }
    for (const [k, array] of out.entries()) if (given[k] !== array) store(given[k]!, array, window);
  };
}

function store(numbers: ChunkArray, array: ChunkArray, window: ChunkWindow): void {
  const lost = lostIn(array);
  for (let cell = 0; cell < array.length; cell++) {
    const number = numbers[cell]!;
    array[cell] = number;
    if (array[cell] === number && number !== lost) continue;
    throw atPlace(new CellError(`Expected ${WHOLE}, got ${number}.`), `at ${coordinatesOf(window, cell)}`);
  }
}
