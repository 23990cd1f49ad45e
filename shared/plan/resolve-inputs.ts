/** From what a request says of a kernel's inputs to those that are held fixed and the axes of the array. */
import { type Axis, type AxisRequest, coordinates, lengthOf, type RangeRequest } from "../array/grid.ts";
import { resolveAxis, tutorialAxis, withoutNegativeZero } from "../array/resolve-axis.ts";
import {
  type Declaration,
  INPUT_NAME,
  type Input,
  type InputValue,
  isSweptByDefault,
  MOST_AXES,
} from "../kernels/declaration.ts";
import type { InputRequest, InputRequests } from "../messages/job-request.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { didYouMean } from "../validation/nearest-name.ts";
import { show } from "../validation/parse.ts";

/** The points along each range of which the request says no count, and the cells where there are more than two. */
const DEFAULT_POINTS = 500;
const DEFAULT_CELLS = DEFAULT_POINTS ** 2;

/** What a request says of the array's extent. */
export interface Extent {
  readonly inputs: InputRequests;
  /** Counts of the swept ranges, in the order of the inputs. */
  readonly points?: readonly number[] | undefined;
  /** The tutorial's: about half as many points along each range. */
  readonly size?: number | undefined;
}

export interface ResolvedInputs {
  readonly parameters: Record<string, InputValue>;
  readonly axes: Axis[];
}

/** The name of an input in a sentence: the request's field, or the option of the command line. */
export type FieldOf = (input: string) => string;

/** Throws InvalidInputError that names the field; `fields` names those of the request, or their options. */
export function resolveInputs(
  declaration: Declaration,
  { inputs, points, size }: Extent,
  fieldOf: FieldOf = (name) => `inputs.${name}`,
  fields = { points: "points", size: "size" },
): ResolvedInputs {
  refuseUnknown(declaration, Object.keys(inputs), fieldOf);
  const parameters: Record<string, InputValue> = {};
  const swept = new Map<string, Partial<RangeRequest> | { readonly points: readonly InputValue[] }>();
  for (const [name, input] of Object.entries(declaration.inputs)) {
    const given = inputs[name];
    if (given === undefined && isSweptByDefault(input)) swept.set(name, rangeOf(input));
    else if (given === undefined) parameters[name] = defaultOf(name, input, fieldOf);
    else if (isScalar(given)) parameters[name] = withoutNegativeZero(given);
    else if (Array.isArray(given)) swept.set(name, { points: given as readonly InputValue[] });
    else swept.set(name, { ...rangeOf(input), ...(given as Partial<RangeRequest>) });
  }
  const open = [...swept].filter(([, axis]) => !("points" in axis || "count" in axis || "step" in axis));
  const counted = countsOf(
    open.map(([name]) => name),
    swept.size,
    { points, size },
    fields,
  );
  const axes = [...swept].map(([name, axis]) => {
    const at = open.findIndex(([other]) => other === name);
    const input = declaration.inputs[name]!;
    const isWhole = input.kind === "number" && input.integer === true && !("rule" in axis);
    const whole =
      at < 0 ? axis : { ...axis, ...counted({ ...(axis as { from: number; to: number }), isWhole }, at) };
    return { input: name, ...resolveAxis(expectRange(whole, name, fieldOf), fieldOf(name)) };
  });
  if (axes.length === 0)
    throw new InvalidInputError(
      "the inputs",
      "swept in one at least: a range or a list",
      "fixed values only",
    );
  if (axes.length > MOST_AXES)
    throw new InvalidInputError(
      "the inputs",
      `swept in at most ${MOST_AXES}`,
      axes.map(({ input }) => input).join(", "),
    );
  checkInputs(declaration, { parameters, axes }, fieldOf);
  return { parameters, axes };
}

/** Checks fixed values and points against the declaration. Throws InvalidInputError. */
export function checkInputs(
  declaration: Declaration,
  {
    parameters,
    axes,
  }: { readonly parameters: Readonly<Record<string, InputValue>>; readonly axes: readonly Axis[] },
  fieldOf: FieldOf = (name) => `inputs.${name}`,
): void {
  refuseUnknown(declaration, Object.keys(parameters), fieldOf);
  const swept = new Map(axes.map((axis) => [axis.input, axis]));
  for (const [name, input] of Object.entries(declaration.inputs)) {
    const axis = swept.get(name);
    if (!axis) checkValue(parameters[name], input, fieldOf(name));
    else if (axis.rule === "list") for (const point of axis.points) checkValue(point, input, fieldOf(name));
    else checkRange(axis, input, fieldOf(name));
  }
}

function checkRange(axis: Exclude<Axis, { rule: "list" }>, input: Input, field: string): void {
  if (input.kind !== "number")
    throw new InvalidInputError(field, `${expectedOf(input)}, or a list of them`, "a range");
  const length = lengthOf(axis);
  // Coordinates rise or fall all along: where the ends are within the bounds all are.
  const looked = input.integer
    ? coordinates(axis, 0, length)
    : [...coordinates(axis, 0, 1), ...coordinates(axis, length - 1, length)];
  for (const value of looked) checkValue(value, input, field);
}

/** Throws InvalidInputError where the declaration does not allow the value. */
export function checkValue(value: InputValue | undefined, input: Input, field: string): void {
  const isRight =
    input.kind === "choice"
      ? input.choices.includes(value as string)
      : input.kind === "flag"
        ? typeof value === "boolean"
        : typeof value === "number" &&
          value >= (input.minimum ?? Number.NEGATIVE_INFINITY) &&
          value <= (input.maximum ?? Number.POSITIVE_INFINITY) &&
          (!input.integer || Number.isInteger(value));
  if (isRight) return;
  const hint = input.kind === "choice" && typeof value === "string" ? didYouMean(value, input.choices) : "";
  throw new InvalidInputError(field, expectedOf(input), value === undefined ? "nothing" : show(value), hint);
}

/** @example expectedOf(input) // "a whole number from 1 to 100" */
export function expectedOf(input: Input): string {
  if (input.kind === "choice") return `one of ${input.choices.join(", ")}`;
  if (input.kind === "flag") return "true or false";
  const { minimum, maximum, integer } = input;
  const kind = integer ? "a whole number" : "a number";
  if (minimum !== undefined && maximum !== undefined) return `${kind} from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${kind}, at least ${minimum}`;
  return maximum === undefined ? kind : `${kind}, at most ${maximum}`;
}

const IS_INPUT_NAME = new RegExp(`^${INPUT_NAME}$`);

function refuseUnknown({ inputs }: Declaration, given: readonly string[], fieldOf: FieldOf): void {
  const known = Object.keys(inputs);
  const unknown = given.find((name) => !Object.hasOwn(inputs, name));
  if (unknown === undefined) return;
  const name = IS_INPUT_NAME.test(unknown) ? unknown : show(unknown); // a hostile one is escaped
  throw new InvalidInputError(
    fieldOf(name),
    `one of the kernel's inputs (${known.join(", ")})`,
    show(unknown),
    didYouMean(unknown, known),
  );
}

const isScalar = (given: InputRequest): given is InputValue => typeof given !== "object";

function rangeOf(input: Input): Partial<RangeRequest> {
  if (input.kind !== "number") return {};
  const { from, to, scale } = input;
  return {
    ...(from !== undefined && to !== undefined && { from, to }),
    ...(scale === "log" && { rule: scale }),
  };
}

function defaultOf(name: string, input: Input, fieldOf: FieldOf): InputValue {
  if (input.default !== undefined) return input.default;
  throw new InvalidInputError(fieldOf(name), expectedOf(input), "nothing");
}

function expectRange(axis: object, name: string, fieldOf: FieldOf): AxisRequest {
  if ("points" in axis || ("from" in axis && "to" in axis)) return axis as AxisRequest;
  throw new InvalidInputError(fieldOf(name), "a range with from and to", show(axis));
}

/** How many points each open range gets, by `points`, by `size`, or by default. */
function countsOf(
  names: readonly string[],
  axes: number,
  { points, size }: Pick<Extent, "points" | "size">,
  fields: { readonly points: string; readonly size: string },
) {
  if (points !== undefined) {
    if (size !== undefined)
      throw new InvalidInputError(`${fields.size} and ${fields.points}`, "given one at a time", "both");
    if (points.length !== names.length) {
      const expected =
        names.length === 0
          ? "left out: no input is swept over a range without a count"
          : `${names.length === 1 ? "a count" : `${names.length} counts`}, for ${inWords(names)}`;
      throw new InvalidInputError(fields.points, expected, points.join("x"));
    }
    return (_range: OpenRange, at: number) => ({ count: points[at]! });
  }
  const count =
    size === undefined
      ? Math.min(DEFAULT_POINTS, Math.round(DEFAULT_CELLS ** (1 / axes)))
      : Math.max(1, Math.ceil(size / 2));
  return ({ from, to, rule, isWhole }: OpenRange) => {
    // Whole numbers in even steps, as many as that at most.
    if (isWhole)
      return {
        step: Math.sign(to - from) * Math.max(1, Math.ceil(Math.abs(to - from) / count)),
        rule: "index" as const,
      };
    return size === undefined || rule === "log" ? { count } : tutorialAxis(from, to, size);
  };
}

/** A range of which the request says no count; `isWhole`: its points are whole numbers. */
interface OpenRange {
  readonly from: number;
  readonly to: number;
  readonly rule?: RangeRequest["rule"];
  readonly isWhole: boolean;
}

/** `spot, volatility and maturity`. */
const inWords = (names: readonly string[]) =>
  [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((each) => each !== "").join(" and ");
