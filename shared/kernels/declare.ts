/** From what the author of a kernel wrote to its declaration: defaults are filled in, several notations become one. */
import type {
  ChoiceInputSource,
  FlagInputSource,
  InputSource,
  KernelSource,
  NamedValueSource,
  NumberInputSource,
  TaskSource,
  ValueSource,
} from "./authoring.ts";
import type { Declaration, Input, NumberInput, Value } from "./declaration.ts";

export interface Declared {
  readonly name: string;
  readonly declaration: Declaration;
}

/**
 * The declaration of a kernel or a task, under its own name or else `fallbackName`. Trusts its types: what comes from a
 * user's file goes through `checkSource` first. Built-in kernels are declared by it at each start, so it stays cheap.
 * @example
 * const { name, declaration } = declare(kernel({ … }), "spot");
 */
export function declare(source: KernelSource | TaskSource, fallbackName: string): Declared {
  const { name = fallbackName, about = "" } = source;
  if (source.kind === "task") return { name, declaration: { about, form: "task", inputs: {}, values: [] } };
  const inputs: Record<string, Input> = {};
  for (const [input, given] of Object.entries(source.inputs)) inputs[input] = oneInput(given);
  return {
    name,
    declaration: {
      about,
      form: source.fill ? "fill" : "point",
      inputs,
      values: namedValues(source).map(oneValue),
      ...(source.onError && { onError: source.onError }),
    },
  };
}

/** The values in the order of the declaration, each with its name. */
export function namedValues({ value, values = {} }: KernelSource): NamedValueSource[] {
  return value ? [value] : Object.entries(values).map(([name, each]) => ({ ...each, name }));
}

export const isChoice = (input: InputSource): input is ChoiceInputSource => Object.hasOwn(input, "choices");
export const isFlag = (input: InputSource): input is FlagInputSource => Object.hasOwn(input, "flag");

function oneInput(source: InputSource): Input {
  if (isChoice(source)) {
    const { about = "", choices } = source;
    return { kind: "choice", about, choices: [...choices], default: source.default ?? choices[0] ?? "" };
  }
  if (isFlag(source)) return { kind: "flag", about: source.about ?? "", default: source.default ?? false };
  return numberInput(source);
}

function numberInput({ about = "", unit = "", integer, scale, ...numbers }: NumberInputSource): NumberInput {
  return {
    kind: "number",
    about,
    unit,
    ...numbers,
    ...(integer && { integer }),
    ...(scale === "log" && { scale }),
  };
}

function oneValue(source: NamedValueSource): Value {
  const { name, about = "", unit = "", dtype = ["float64", "float32"], special } = source;
  return { name, about, unit, dtype: dtypesOf(dtype), ...(special && { special: { ...special } }) };
}

function dtypesOf(dtype: NonNullable<ValueSource["dtype"]>): Value["dtype"] {
  if (typeof dtype === "string") return [dtype];
  return "countsTo" in dtype ? { countsTo: dtype.countsTo } : [...dtype];
}
