/** Whether values of inputs are ones that a kernel's declaration allows. */
import { type Axis, coordinates, lengthOf } from "../array/grid.ts";
import { type Declaration, INPUT_NAME, type Input, type InputValue } from "../kernels/declaration.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { didYouMean } from "../validation/nearest-name.ts";
import { show } from "../validation/parse.ts";

/** The name of an input in a sentence: the request's field, or the option of the command line. */
export type FieldOf = (input: string) => string;

/** Checks fixed values and points against the declaration. Throws InvalidInputError. */
export function checkInputs(
  declaration: Declaration,
  {
    parameters,
    axes,
  }: { readonly parameters: Readonly<Record<string, InputValue>>; readonly axes: readonly Axis[] },
  fieldOf: FieldOf = (name) => `inputs.${name}`,
): void {
  refuseUnknownInputs(declaration, Object.keys(parameters), fieldOf);
  const swept = new Map(axes.map((axis) => [axis.input, axis]));
  for (const [name, input] of Object.entries(declaration.inputs)) {
    const axis = swept.get(name);
    if (!axis) checkValue(parameters[name], input, fieldOf(name));
    else if (axis.rule === "list") for (const point of axis.points) checkValue(point, input, fieldOf(name));
    else checkRange(axis, input, fieldOf(name));
  }
}

/** Throws InvalidInputError for the first name that is no input of the kernel's. */
export function refuseUnknownInputs(
  { inputs }: Declaration,
  given: readonly string[],
  fieldOf: FieldOf,
): void {
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

const IS_INPUT_NAME = new RegExp(`^${INPUT_NAME}$`);

function checkRange(axis: Exclude<Axis, { rule: "list" }>, input: Input, field: string): void {
  if (input.kind !== "number")
    throw new InvalidInputError(field, `${expectedOf(input)}, or a list of them`, "a range");
  const length = lengthOf(axis);
  // Coordinates rise or fall all along: where the ends are within the bounds all are.
  const looked = input.integer
    ? coordinates(axis, 0, length)
    : [...coordinates(axis, 0, 1), ...coordinates(axis, length - 1, length)];
  for (const value of looked) {
    if (input.integer && axis.rule === "log" && !Number.isInteger(value))
      throw new InvalidInputError(
        field,
        "a list of whole numbers, or a linear range",
        `a logarithmic one, a point of which is ${show(value)}`,
      );
    checkValue(value, input, field);
  }
}

/** Throws InvalidInputError where the declaration does not allow the value. */
export function checkValue(value: InputValue | undefined, input: Input, field: string): void {
  if (value !== undefined && isAllowed(value, input)) return;
  const hint = input.kind === "choice" && typeof value === "string" ? didYouMean(value, input.choices) : "";
  throw new InvalidInputError(field, expectedOf(input), value === undefined ? "nothing" : show(value), hint);
}

function isAllowed(value: InputValue, input: Input): boolean {
  if (input.kind === "choice") return input.choices.includes(value as string);
  if (input.kind === "flag") return typeof value === "boolean";
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, integer } = input;
  const isInBounds = typeof value === "number" && value >= minimum && value <= maximum;
  return isInBounds && (!integer || Number.isInteger(value));
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
