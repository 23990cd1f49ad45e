/** Where a request cuts the axes that no picture shows. */
import { type Axis, coordinates } from "../array/grid.ts";
import type { Declaration, InputValue } from "../kernels/declaration.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { show } from "../validation/parse.ts";
import { checkValue, type FieldOf } from "./check-inputs.ts";

/**
 * Pictures show the first two axes, so `at` may name the inputs of the others. A number may lie between two points: the nearest one is
 * meant. Throws InvalidInputError.
 */
export function checkPlaces(
  at: Readonly<Record<string, InputValue>> | undefined,
  axes: readonly Axis[],
  { inputs }: Declaration,
  fieldOf: FieldOf = (name) => `output.at.${name}`,
): void {
  const cut = axes.slice(2);
  for (const [name, value] of Object.entries(at ?? {})) {
    const axis = cut.find(({ input }) => input === name);
    if (!axis) {
      const names = cut.map(({ input }) => input).join(", ");
      const expected = names
        ? `a place on an axis after the first two (${names})`
        : "left out: the array has no axis after the first two";
      throw new InvalidInputError(fieldOf(name), expected, show(name));
    }
    checkValue(value, inputs[name]!, fieldOf(name));
    if (axis.rule === "list" && typeof value !== "number" && !axis.points.includes(value))
      throw new InvalidInputError(
        fieldOf(name),
        `one of the points of ${name} (${[...new Set(axis.points)].join(", ")})`,
        show(value),
      );
    if (typeof value === "number") expectWithin(axis, value, fieldOf(name));
  }
}

/** Throws InvalidInputError beyond the ends of the axis; a range's second end is where the next point would be. */
function expectWithin(axis: Axis, place: number, field: string): void {
  const points = coordinates(axis, 0, axis.rule === "list" ? axis.points.length : axis.count + 1);
  const least = points.reduce((low, each) => Math.min(low, each));
  const most = points.reduce((high, each) => Math.max(high, each));
  const rounding = ROUNDING * (most - least);
  if (place >= least - rounding && place <= most + rounding) return;
  const [from, to] = [least, most].map((end) => Number(end.toPrecision(DIGITS)));
  throw new InvalidInputError(field, `from ${from} to ${to}, the range of ${axis.input}`, show(place));
}

/** The end of a range is a sum of its steps. */
const ROUNDING = 1e-9;
const DIGITS = 12;
