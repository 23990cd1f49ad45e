/** A WebAssembly module as the fast twin of a kernel in JavaScript: the same inputs, the same values, the same bits. */
import { InvalidInputError } from "../validation/errors.ts";
import { show } from "../validation/parse.ts";
import type { Declaration, Input, Value } from "./declaration.ts";
import { computeOf } from "./driver.ts";
import type { Compute } from "./loaded.ts";
import { codeOfWasm } from "./wasm-code.ts";
import { declarationIn } from "./wasm-file/check.ts";

/** The manifest of a module that has none of its own and is to be the twin of a kernel of that declaration. */
export function manifestFor({ about, inputs, values }: Declaration): unknown {
  return {
    about,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, sourceOf(input)])),
    values: Object.fromEntries(values.map(({ name, ...value }) => [name, value])),
  };
}

function sourceOf({ kind, ...source }: Input): unknown {
  return kind === "flag" ? { ...source, flag: true } : source;
}

/**
 * The compute of a twin's artifact, for `LoadedKernel.fast`. Its inputs may come in another order, and it may have `fill` where the
 * kernel has `point`. Throws InvalidInputError, which names `file`, if the kernel's inputs or values are others.
 */
export function twinOf(declaration: Declaration, bytes: Uint8Array<ArrayBuffer>, file: string): Compute {
  const twin = declarationIn(file, bytes, "twin");
  expectFit(declaration, twin, file);
  const { onError } = declaration;
  const alike = { ...twin, ...(onError && { onError }) };
  return computeOf(codeOfWasm(new WebAssembly.Module(bytes), twin), alike);
}

/** Throws InvalidInputError if the twin is not a function of the same inputs, to the same values. */
export function expectFit(declaration: Declaration, twin: Declaration, file: string): void {
  const text = ({ inputs }: Declaration) => Object.entries(inputs).map(inputText).sort().join(", ");
  expectSame(`the inputs of ${file}`, text(declaration), text(twin));
  const values = ({ values }: Declaration) => values.map(valueText).join(", ");
  expectSame(`the values of ${file}`, values(declaration), values(twin));
}

function expectSame(what: string, expected: string, received: string): void {
  if (expected !== received) throw new InvalidInputError(what, `those of its kernel, ${expected}`, received);
}

/** What a module is given of an input: a choice arrives as its index, so their order counts. */
function inputText([name, input]: [string, Input]): string {
  if (input.kind === "number") return name;
  return input.kind === "flag" ? `${name} (a flag)` : `${name} (${input.choices.map(show).join("|")})`;
}

function valueText({ name }: Value): string {
  return name;
}
