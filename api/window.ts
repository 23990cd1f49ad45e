/** A window of an array: from the indices that a caller gives to a block of cells. */
import type { Block } from "../shared/array/layout.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { didYouMean } from "../shared/validation/nearest-name.ts";
import { show } from "../shared/validation/parse.ts";
import type { ArrayAxis, Window } from "./results.ts";

/** Throws InvalidInputError that names the axis. */
export function blockOf(
  window: Window,
  axes: readonly ArrayAxis[],
  shape: readonly number[],
): Pick<Block, "from" | "shape"> {
  expectObject(window, "the window", "an object with a range of indices for each axis");
  const names = axes.map(({ name }) => name);
  const unknown = Object.keys(window).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InvalidInputError(
      "the window",
      `one of the axes ${names.join(", ")}`,
      show(unknown),
      didYouMean(unknown, names),
    );
  const ends = names.map((name, axis) => {
    const length = shape[axis]!;
    const { [name]: range = {} } = window;
    expectObject(range, `the window's ${name}`, "an object with from and to");
    const { from = 0, to = length } = range;
    const isWithin = Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= length;
    if (isWithin) return { from, length: to - from };
    throw new InvalidInputError(
      `the window's ${name}`,
      `two indices from 0 to ${length}, from before to`,
      `${show(from)} to ${show(to)}`,
    );
  });
  return { from: ends.map(({ from }) => from), shape: ends.map(({ length }) => length) };
}

/** A number would else be taken for an object without fields, which is all of it. */
function expectObject(value: unknown, field: string, expected: string): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw new InvalidInputError(field, expected, show(value));
}
