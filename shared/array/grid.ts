import * as v from "valibot";
import { INPUT_NAME, type InputValue } from "../kernels/declaration.ts";
import { exp } from "../kernels/maths/exp.ts";
import { oneOf } from "../validation/parse.ts";

export const MAX_POINTS_PER_AXIS = 1_000_000;

/** The most points of an axis that lists them: they travel in the request and in job.json. */
const MAX_LISTED_POINTS = 10_000;

const coordinate = v.pipe(v.number("a number"), v.finite("a finite number"));
export const pointCount = v.pipe(
  v.number("a whole number"),
  v.integer("a whole number"),
  v.minValue(1, "at least 1"),
  v.maxValue(MAX_POINTS_PER_AXIS, `at most ${MAX_POINTS_PER_AXIS}`),
);
/** A value of an input. */
export const inputValue = v.union(
  [coordinate, v.pipe(v.string(), v.maxLength(200)), v.boolean()],
  "a number, text, true or false",
);
export const listedPoints = v.pipe(
  v.array(inputValue, "a list of values"),
  v.minLength(1, "a list of at least one value"),
  v.maxLength(MAX_LISTED_POINTS, `a list of at most ${MAX_LISTED_POINTS} values`),
);
const EVEN_RULES = ["accumulate", "index", "log"] as const;
const rule = oneOf(EVEN_RULES);

/** A range as a caller writes it: half-open from `from` towards `to`, by a step or by a number of points. */
export const RangeRequestSchema = v.strictObject({
  from: coordinate,
  to: coordinate,
  step: v.optional(coordinate),
  count: v.optional(pointCount),
  rule: v.optional(rule),
});
export type RangeRequest = v.InferOutput<typeof RangeRequestSchema>;

/** An axis as a caller writes it: a range, or a list of points. */
export type AxisRequest = RangeRequest | { readonly points: readonly InputValue[] };

const name = v.optional(
  v.pipe(v.string("text"), v.regex(new RegExp(`^${INPUT_NAME}$`), "the name of an input")),
);

/**
 * An axis as the stages use it. A range has `count` coordinates from `from`: by the rule `accumulate`, as the tutorial's
 * loop, each is the one before plus `step`; by `index` it is `from + i * step`, which differs in the last bits; by `log`
 * it is `from * exp(i * step)`. A list has its points.
 */
export const AxisSchema = v.variant("rule", [
  v.object({
    /** The input that is swept; absent in jobs of versions whose axes had no names. */
    input: name,
    rule,
    from: coordinate,
    step: coordinate,
    count: pointCount,
  }),
  v.object({ input: name, rule: v.literal("list"), points: listedPoints }),
]);
export type Axis = v.InferOutput<typeof AxisSchema>;
export type RangeAxis = Exclude<Axis, { rule: "list" }>;

/** The number of points of an axis. */
export const lengthOf = (axis: Axis): number => (axis.rule === "list" ? axis.points.length : axis.count);

/** Points `start` (inclusive) to `end` (exclusive) of the axis: numbers, or what its list has. */
export function pointsOf(axis: Axis, start: number, end: number): Float64Array | readonly InputValue[] {
  const isOfNumbers = axis.rule !== "list" || typeof axis.points[0] === "number";
  return isOfNumbers ? coordinates(axis, start, end) : axis.points.slice(start, end);
}

/**
 * Coordinates `start` (inclusive) to `end` (exclusive) of the axis. A point that is text has its place in the list, true 1 and
 * false 0.
 */
export function coordinates(axis: Axis, start: number, end: number): Float64Array {
  const values = new Float64Array(end - start);
  if (axis.rule === "list") {
    for (let i = start; i < end; i++) {
      const point = axis.points[i]!;
      values[i - start] = typeof point === "string" ? i : Number(point);
    }
    return values;
  }
  if (axis.rule !== "accumulate") {
    const { from, step } = axis;
    for (let i = start; i < end; i++)
      values[i - start] = axis.rule === "log" ? from * exp(i * step) : from + i * step;
    return values;
  }
  // Repeats every addition from the first point on, because from + start * step has other bits.
  let value = axis.from;
  for (let i = 0; i < end; i++) {
    if (i >= start) values[i - start] = value;
    value += axis.step;
  }
  return values;
}

/** The length of each axis. */
export function arrayShape({ axes }: { readonly axes: readonly Axis[] }): number[] {
  return axes.map(lengthOf);
}
