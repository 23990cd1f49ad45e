/** From an axis as a caller writes it to one as the stages use it. */
import type { InputValue } from "../kernels/declaration.ts";
import { log } from "../kernels/maths/log.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { show } from "../validation/parse.ts";
import {
  type Axis,
  type AxisRequest,
  MAX_POINTS_PER_AXIS,
  type RangeAxis,
  type RangeRequest,
} from "./grid.ts";

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

/** The tutorial's axis: about size/2 points, a step of twice the extent divided by `size`, by accumulation. */
export function tutorialAxis(from: number, to: number, size: number): RangeRequest {
  return { from, to, step: (2 * (to - from)) / size, rule: "accumulate" };
}

function countPoints(axis: Omit<RangeAxis, "count" | "input">, to: number, path: string): number {
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
