/** From what a request says of a kernel's inputs to those that are held fixed and the axes of the array. */
import type { Axis, AxisRequest, RangeRequest } from "../array/grid.ts";
import { resolveAxis, withoutNegativeZero } from "../array/resolve-axis.ts";
import {
  type Declaration,
  type Input,
  type InputValue,
  isSweptByDefault,
  MOST_AXES,
} from "../kernels/declaration.ts";
import type { InputRequest, InputRequests } from "../messages/job-request.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { show } from "../validation/parse.ts";
import { checkInputs, expectedOf, type FieldOf, refuseUnknownInputs } from "./check-inputs.ts";
import { type OpenRange, type PointsRequest, pointsOfOpenRanges } from "./open-ranges.ts";
import { expectWholeSteps } from "./whole-counts.ts";

/** What a request says of the array's extent. */
export interface Extent extends PointsRequest {
  readonly inputs: InputRequests;
}

export interface ResolvedInputs {
  readonly parameters: Record<string, InputValue>;
  readonly axes: Axis[];
}

/** A swept input's range or list, so far as the request and the declaration give it. */
type Sweep = Partial<RangeRequest> | { readonly points: readonly InputValue[] };

/** Throws InvalidInputError that names the field; `fields` names those of the request, or their options. */
export function resolveInputs(
  declaration: Declaration,
  { inputs, points, size }: Extent,
  fieldOf: FieldOf = (name) => `inputs.${name}`,
  fields = { points: "points", size: "size" },
): ResolvedInputs {
  refuseUnknownInputs(declaration, Object.keys(inputs), fieldOf);
  const { parameters, sweeps } = fixedAndSwept(declaration, inputs, fieldOf);
  const openNames = [...sweeps].filter(([, sweep]) => isOpen(sweep)).map(([name]) => name);
  const pointsOf = pointsOfOpenRanges(openNames, sweeps.size, { points, size }, fields);
  const axes = [...sweeps].map(([name, sweep]) => {
    const input = declaration.inputs[name]!;
    const complete = isOpen(sweep) ? { ...sweep, ...pointsOf(name, openRange(sweep, input)) } : sweep;
    const range = expectRange(complete, name, fieldOf);
    if (isWhole(input, sweep) && "count" in range && range.count !== undefined)
      expectWholeSteps({ ...range, count: range.count }, name, isOpen(sweep) ? fields.points : fieldOf(name));
    return { input: name, ...resolveAxis(range, fieldOf(name)) };
  });
  expectAxes(axes);
  checkInputs(declaration, { parameters, axes }, fieldOf);
  return { parameters, axes };
}

/** Each input is held at one value, or swept: as the request says, else as the declaration does. */
function fixedAndSwept(declaration: Declaration, inputs: InputRequests, fieldOf: FieldOf) {
  const parameters: Record<string, InputValue> = {};
  const sweeps = new Map<string, Sweep>();
  for (const [name, input] of Object.entries(declaration.inputs)) {
    const given = inputs[name];
    if (given === undefined && isSweptByDefault(input)) sweeps.set(name, declaredRange(input));
    else if (given === undefined) parameters[name] = defaultOf(name, input, fieldOf);
    else if (isScalar(given)) parameters[name] = withoutNegativeZero(given);
    else if (Array.isArray(given)) sweeps.set(name, { points: given as readonly InputValue[] });
    else sweeps.set(name, { ...declaredRange(input), ...(given as Partial<RangeRequest>) });
  }
  return { parameters, sweeps };
}

const isScalar = (given: InputRequest): given is InputValue => typeof given !== "object";

function defaultOf(name: string, input: Input, fieldOf: FieldOf): InputValue {
  if (input.default !== undefined) return input.default;
  throw new InvalidInputError(fieldOf(name), expectedOf(input), "nothing");
}

/** A request may give a part of a range, such as its count: the declaration gives the rest. */
function declaredRange(input: Input): Partial<RangeRequest> {
  if (input.kind !== "number") return {};
  const { from, to, scale } = input;
  return {
    ...(from !== undefined && to !== undefined && { from, to }),
    ...(scale === "log" && { rule: scale }),
  };
}

/** Whether nothing says yet how many points a range has. */
const isOpen = (sweep: Sweep): sweep is Partial<RangeRequest> =>
  !("points" in sweep || "count" in sweep || "step" in sweep);

/** Its ends may be absent: expectRange, which comes later, refuses that. */
function openRange(sweep: Partial<RangeRequest>, input: Input): OpenRange {
  return { ...(sweep as RangeRequest), isWhole: isWhole(input, sweep) && !("rule" in sweep) };
}

/** Whether the points of a range must be whole numbers, in even steps. */
const isWhole = (input: Input, sweep: Sweep): boolean =>
  input.kind === "number" && input.integer === true && !("rule" in sweep && sweep.rule === "log");

function expectRange(sweep: Sweep, name: string, fieldOf: FieldOf): AxisRequest {
  if ("points" in sweep || ("from" in sweep && "to" in sweep)) return sweep as AxisRequest;
  throw new InvalidInputError(fieldOf(name), "a range with from and to", show(sweep));
}

function expectAxes(axes: readonly Axis[]): void {
  const field = "the inputs";
  if (axes.length === 0)
    throw new InvalidInputError(field, "swept in one at least: a range or a list", "fixed values only");
  if (axes.length > MOST_AXES) {
    const names = axes.map(({ input }) => input).join(", ");
    throw new InvalidInputError(field, `swept in at most ${MOST_AXES}`, names);
  }
}
