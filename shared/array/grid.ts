import * as v from "valibot";
import { InvalidInputError } from "../validation/errors.ts";
import { show } from "../validation/parse.ts";

export const MAX_POINTS_PER_AXIS = 1_000_000;

const coordinate = v.pipe(v.number("a number"), v.finite("a finite number"));
const pointCount = v.pipe(
  v.number("a whole number"),
  v.integer("a whole number"),
  v.minValue(1, "at least 1"),
  v.maxValue(MAX_POINTS_PER_AXIS, `at most ${MAX_POINTS_PER_AXIS}`),
);
const rule = v.picklist(["accumulate", "index"], `"accumulate" or "index"`);

/** An axis as a caller writes it: half-open from `from` towards `to`, by a step or by a number of points. */
export const AxisRequestSchema = v.strictObject({
  from: coordinate,
  to: coordinate,
  step: v.optional(coordinate),
  count: v.optional(pointCount),
  rule: v.optional(rule),
});
export type AxisRequest = v.InferOutput<typeof AxisRequestSchema>;

/**
 * An axis as the stages use it: `count` coordinates from `from`. By the rule `accumulate`, as the tutorial's loop, each
 * is the one before plus `step`; by `index` it is `from + i * step`. The two differ in their last bits.
 */
export const AxisSchema = v.object({
  rule,
  from: coordinate,
  step: coordinate,
  count: pointCount,
});
export type Axis = v.InferOutput<typeof AxisSchema>;

/**
 * Decides rule, step and count. Throws InvalidInputError naming the field under `path`.
 * @example
 * resolveAxis({ from: 0, to: 1, count: 4 }, "grid.axes.0"); // { rule: "index", from: 0, step: 0.25, count: 4 }
 */
export function resolveAxis(request: AxisRequest, path: string): Axis {
  // Adding 0 turns -0 into 0: JSON has no negative zero, so a stored axis would differ from its request.
  const [from, to] = [request.from + 0, request.to + 0];
  const { step, count } = request;
  if (from === to) throw new InvalidInputError(`${path}.to`, "different from from", show(to));
  if ((step === undefined) === (count === undefined)) {
    throw new InvalidInputError(path, "given either step or count", step === undefined ? "neither" : "both");
  }
  if (count !== undefined) {
    const evenStep = (to - from) / count;
    if (evenStep === 0 || !Number.isFinite(evenStep)) {
      throw new InvalidInputError(path, "a range that a number can divide", `${from} to ${to}`);
    }
    return { rule: request.rule ?? "index", from, step: evenStep, count };
  }
  const axis = { rule: request.rule ?? "accumulate", from, step: step as number } as const;
  if (Math.sign(axis.step) !== Math.sign(to - from)) {
    throw new InvalidInputError(`${path}.step`, `a step from ${from} towards ${to}`, show(step));
  }
  return { ...axis, count: countPoints(axis, to, path) };
}

/** Coordinates `start` (inclusive) to `end` (exclusive) of the axis. */
export function coordinates(axis: Axis, start: number, end: number): Float64Array {
  const values = new Float64Array(end - start);
  if (axis.rule === "index") {
    for (let i = start; i < end; i++) values[i - start] = axis.from + i * axis.step;
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

/** [rows, columns], or [columns] for a job with one axis. */
export function arrayShape({ axes }: { readonly axes: readonly Axis[] }): number[] {
  return axes.map((axis) => axis.count);
}

/** The tutorial's axis: about size/2 points, a step of twice the extent divided by `size`, by accumulation. */
export function tutorialAxis(from: number, to: number, size: number): AxisRequest {
  return { from, to, step: (2 * (to - from)) / size, rule: "accumulate" };
}

function countPoints(axis: Omit<Axis, "count">, to: number, path: string): number {
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
