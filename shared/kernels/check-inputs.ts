/** What the inputs and values of a kernel must be, beyond their shape. */
import { InvalidInputError } from "../validation/errors.ts";
import { show } from "../validation/parse.ts";
import { VARIABLE_NAME } from "../validation/variable-name.ts";
import type {
  ChoiceInputSource,
  InputSource,
  KernelSource,
  NamedValueSource,
  NumberInputSource,
} from "./authoring.ts";
import { INPUT_NAME, MOST_AXES, MOST_INPUTS } from "./declaration.ts";
import { isChoice, isFlag, namedValues } from "./declare.ts";
import { isReserved } from "./reserved-inputs.ts";

const IS_INPUT_NAME = new RegExp(`^${INPUT_NAME}$`);
const IS_VARIABLE_NAME = new RegExp(`^${VARIABLE_NAME}$`);

/**
 * Throws InvalidInputError for the first name that no input or no value can have. Comes before the schema, which drops
 * names such as `constructor` without a word.
 */
export function checkNames({ inputs, values }: { inputs?: unknown; values?: unknown }, what: string): void {
  for (const name of namesIn(inputs)) {
    const field = `the names of ${what} inputs`;
    if (!IS_INPUT_NAME.test(name))
      throw new InvalidInputError(
        field,
        "at most 40 letters and digits, a lower-case letter first",
        show(name),
      );
    if (isReserved(name))
      throw new InvalidInputError(field, "free on the command line", `${show(name)}, which is reserved`);
  }
  for (const name of namesIn(values)) checkValueName(name, what);
}

const namesIn = (record: unknown) => Object.keys(Object(record));

/** Throws InvalidInputError for the first input that could not be given, swept or stored. */
export function checkInputs({ inputs }: KernelSource, what: string): void {
  const entries = Object.entries(inputs);
  const field = `${what} inputs`;
  if (entries.length === 0) throw new InvalidInputError(field, "at least one", "none");
  if (entries.length > MOST_INPUTS)
    throw new InvalidInputError(field, `at most ${MOST_INPUTS} inputs`, `${entries.length}`);
  for (const [name, input] of entries) checkInput(input, `${field}.${name}`);
  expectDifferent(
    entries.map(([name]) => name),
    field,
  );
  const swept = entries.filter(([, input]) => "from" in input && "to" in input).length;
  if (swept > MOST_AXES)
    throw new InvalidInputError(field, `with from and to at most ${MOST_AXES} times`, `${swept} such inputs`);
}

const VALUE_EXAMPLE = 'Such as `value: { name: "height", unit: "m" }`, or several in `values`.';

/** Throws InvalidInputError for the first value that could not be stored. */
export function checkValues(source: KernelSource, what: string): void {
  if (source.value && source.values)
    throw new InvalidInputError(what, "with either value or values", "both of them");
  const values = namedValues(source);
  if (values.length === 0) throw new InvalidInputError(`${what} value`, "given", "nothing", VALUE_EXAMPLE);
  for (const value of values) checkValue(value, source, what);
  const names = [...Object.keys(source.inputs), ...values.map(({ name }) => name)];
  expectDifferent(names, `the inputs and values of ${what}`);
}

/** Names that differ in case alone would be one file where a file system knows no case. */
function expectDifferent(names: readonly string[], field: string): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined)
      throw new InvalidInputError(field, "of different names, whatever their case", `${other} and ${name}`);
    seen.set(name.toLowerCase(), name);
  }
}

function checkInput(input: InputSource, field: string): void {
  if (isChoice(input)) checkChoice(input, field);
  else if (!isFlag(input)) checkNumber(input, field);
}

function checkChoice({ choices, default: given }: ChoiceInputSource, field: string): void {
  const twice = choices.find((choice, index) => choices.indexOf(choice) < index);
  if (twice !== undefined)
    throw new InvalidInputError(`${field}.choices`, "different words", `${show(twice)} twice`);
  if (given !== undefined && !choices.includes(given))
    throw new InvalidInputError(`${field}.default`, `one of ${choices.map(show).join(", ")}`, show(given));
}

function checkNumber(input: NumberInputSource, field: string): void {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, from, to } = input;
  if (minimum > maximum) throw new InvalidInputError(`${field}.minimum`, `at most ${maximum}`, `${minimum}`);
  if ((from === undefined) !== (to === undefined))
    throw new InvalidInputError(
      field,
      "with both from and to, or neither",
      from === undefined ? "to" : "from",
    );
  if (from !== undefined && from === to)
    throw new InvalidInputError(`${field}.to`, "another number than from", `${to}`);
  for (const name of ["default", "minimum", "maximum", "from", "to"] as const) {
    const number = input[name];
    if (number === undefined) continue;
    if (input.integer && !Number.isSafeInteger(number))
      throw new InvalidInputError(`${field}.${name}`, "a whole number, since integer is true", `${number}`);
    if (number < minimum || number > maximum)
      throw new InvalidInputError(`${field}.${name}`, rangeText(input), `${number}`);
  }
  if (input.scale !== "log") return;
  for (const name of ["from", "to"] as const) {
    const number = input[name];
    if (number !== undefined && number <= 0)
      throw new InvalidInputError(`${field}.${name}`, "above 0 on a logarithmic scale", `${number}`);
  }
}

function rangeText({ minimum, maximum }: NumberInputSource): string {
  if (minimum === undefined) return `at most ${maximum}`;
  return maximum === undefined ? `at least ${minimum}` : `from ${minimum} to ${maximum}`;
}

function checkValueName(name: string, what: string): void {
  if (!IS_VARIABLE_NAME.test(name) || name in {})
    throw new InvalidInputError(
      `the name of a value of ${what}`,
      "at most 64 lower-case letters, digits and _, a letter first",
      show(name),
    );
}

function checkValue(
  { name, dtype, special }: NamedValueSource,
  { inputs }: KernelSource,
  what: string,
): void {
  checkValueName(name, what);
  const numbers = Object.keys(inputs).filter((each) => !isChoice(inputs[each]!) && !isFlag(inputs[each]!));
  if (typeof special?.equals === "string" && !numbers.includes(special.equals))
    throw new InvalidInputError(
      `${what} ${name}.special.equals`,
      "a number or the name of an input that is one",
      show(special.equals),
    );
  if (typeof dtype !== "object" || !("countsTo" in dtype)) return;
  const { countsTo } = dtype;
  const bound = Object.hasOwn(inputs, countsTo) ? inputs[countsTo] : undefined;
  if (bound && "integer" in bound && bound.integer && (bound.minimum ?? -1) >= 0) return;
  throw new InvalidInputError(
    `${what} ${name}.dtype.countsTo`,
    "a whole-number input with a minimum of 0 or more",
    show(countsTo),
  );
}
