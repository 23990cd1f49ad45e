import * as v from "valibot";
import { INPUT_NAME, type InputValue } from "../kernels/declaration.ts";
import { exp } from "../kernels/maths/exp.ts";
import { log } from "../kernels/maths/log.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { oneOf, show } from "../validation/parse.ts";

export const MAX_POINTS_PER_AXIS = 1_000_000;

/** The most points of an axis that lists them: they travel in the request and in job.json. */
export const MAX_LISTED_POINTS = 10_000;

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
type Range = Exclude<Axis, { rule: "list" }>;

/**
 * Decides rule, step and count. Throws InvalidInputError naming the field under `path`.
 * @example
 * resolveAxis({ from: 0, to: 1, count: 4 }, "grid.axes.0"); // { rule: "index", from: 0, step: 0.25, count: 4 }
 */
export function resolveAxis(request: AxisRequest, path: string): Axis {
  if ("points" in request) return { rule: "list", points: request.points.map(withoutNegativeZero) };
  return request.rule === "log" ? resolveLogAxis(request, path) : resolveLinearAxis(request, path);
}

/** JSON has no negative zero, so a stored axis would differ from its request. */
export const withoutNegativeZero = (value: InputValue): InputValue =>
  typeof value === "number" ? value + 0 : value;

function resolveLinearAxis(request: RangeRequest, path: string): Axis {
  const [from, to] = [request.from + 0, request.to + 0];
  const { step, count } = request;
  const evenRule = request.rule === "log" ? undefined : request.rule;
  if (from === to) throw new InvalidInputError(`${path}.to`, "different from from", show(to));
  if ((step === undefined) === (count === undefined)) {
    throw new InvalidInputError(path, "given either step or count", step === undefined ? "neither" : "both");
  }
  if (count !== undefined) {
    const evenStep = (to - from) / count;
    if (evenStep === 0 || !Number.isFinite(evenStep)) {
      throw new InvalidInputError(path, "a range that a number can divide", `${from} to ${to}`);
    }
    return { rule: evenRule ?? "index", from, step: evenStep, count };
  }
  if (!Number.isFinite(step))
    throw new InvalidInputError(path, "a range that a number can divide", `${from} to ${to}`);
  const axis = { rule: evenRule ?? "accumulate", from, step: step as number } as const;
  if (Math.sign(axis.step) !== Math.sign(to - from)) {
    throw new InvalidInputError(`${path}.step`, `a step from ${from} towards ${to}`, show(step));
  }
  return { ...axis, count: countPoints(axis, to, path) };
}

/** Half-open in the exponent: neighbours have the same ratio, and `to` is where the next one would be. */
function resolveLogAxis({ from, to, step, count }: RangeRequest, path: string): Axis {
  if (!(from > 0 && to > 0))
    throw new InvalidInputError(
      path,
      "between two positive numbers on a logarithmic scale",
      `${from} to ${to}`,
    );
  if (from === to) throw new InvalidInputError(`${path}.to`, "different from from", show(to));
  if (step !== undefined || count === undefined)
    throw new InvalidInputError(
      path,
      "given by its count on a logarithmic scale",
      step === undefined ? "none" : "a step",
    );
  return { rule: "log", from, step: (log(to) - log(from)) / count, count };
}

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

/** The tutorial's axis: about size/2 points, a step of twice the extent divided by `size`, by accumulation. */
export function tutorialAxis(from: number, to: number, size: number): RangeRequest {
  return { from, to, step: (2 * (to - from)) / size, rule: "accumulate" };
}

function countPoints(axis: Omit<Range, "count" | "input">, to: number, path: string): number {
  const before = (value: number) => (axis.step > 0 ? value < to : value > to);
  let count = 0;
  let value = axis.from;
  while (before(value)) {
    count++;
    if (count > MAX_POINTS_PER_AXIS) {
      throw new InvalidInputError(
        `${path}.step`,
        `large enough for at most ${MAX_POINTS_PER_AXIS} points`,
        show(axis.step),
      );
    }
    value = axis.rule === "index" ? axis.from + count * axis.step : value + axis.step;
  }
  return count;
}
