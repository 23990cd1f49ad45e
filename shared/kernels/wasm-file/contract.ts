import { show } from "../../validation/parse.ts";
import { checkSource } from "../check-declaration.ts";
import { type Declaration, isSweptByDefault } from "../declaration.ts";
import { declare } from "../declare.ts";
import { SCRATCH_PAGES } from "../wasm-instance.ts";
import type { WasmModule } from "./module.ts";
import { Reader } from "./reader.ts";
import { MOST_PAGES } from "./refusals.ts";
import { type FunctionType, signature } from "./types.ts";

type Form = "point" | "fill";

/** What a manifest declares of a module whose own name, where the manifest gives none, is `name`. Throws InvalidInputError. */
export function declarationOf(
  module: WasmModule,
  manifest: unknown,
  name: string,
): { readonly name: string; readonly declaration: Declaration } {
  const reader = new Reader(module.file, module.bytes);
  const what = `the manifest of ${module.file}`;
  if (typeof manifest !== "object" || manifest === null || Array.isArray(manifest)) {
    return new Reader(what, module.bytes).refuse("an object with inputs and a value", show(manifest));
  }
  const form = formOf(module, reader);
  const source = { ...manifest, kind: "kernel", [form]: { functionKind: "Function" } };
  const declared = declare(checkSource(source, what), name);
  expectExports(module, form, declared.declaration);
  return declared;
}

function formOf({ exports }: WasmModule, reader: Reader): Form {
  const [form, second] = (["point", "fill"] as const).filter((each) => exports.has(each));
  if (form && !second) return form;
  const expected = "a module that exports one of the functions `point` and `fill`";
  if (form) return reader.refuse(expected, "both");
  const names = [...exports.keys()].slice(0, 5).map((each) => `\`${each}\``);
  return reader.refuse(expected, names.length > 0 ? `one that exports ${names.join(", ")}` : "no exports");
}

/** Throws InvalidInputError unless the module exports what a kernel of that declaration needs. */
function expectExports(module: WasmModule, form: Form, declaration: Declaration): void {
  expectFunction(module, form, functionTypes(declaration)[form], "as its manifest declares");
  if (module.exports.has("alloc")) expectFunction(module, "alloc", type(["i32"], ["i32"]));
  if (module.exports.has("_initialize")) expectFunction(module, "_initialize", type([], []));
  if (form === "fill") expectMemory(module);
}

function expectMemory({ file, bytes, exports, memories: [memory] }: WasmModule): void {
  const reader: Reader = new Reader(file, bytes);
  if (!memory || exports.get("memory")?.kind !== "memory") {
    reader.refuse("a module that exports its `memory`, because it has `fill`", "one that does not");
  }
  const { minimum, maximum = Number.POSITIVE_INFINITY } = memory;
  if (exports.has("alloc") || Math.min(maximum, MOST_PAGES) >= minimum + SCRATCH_PAGES) return;
  const size = `a memory of ${minimum} pages of which there are ${Math.min(maximum, MOST_PAGES)} at most`;
  reader.refuse(
    `a module with \`fill\` that exports \`alloc\`, or whose memory can grow by ${SCRATCH_PAGES} pages`,
    size,
  );
}

/**
 * `point` takes the inputs and gives the values, all f64. `fill` takes the count of each axis, the address of its coordinates, the
 * addresses of the other inputs and of the values to be written; an axis is an input that is swept by default.
 */
function functionTypes({ inputs, values }: Declaration): Readonly<Record<Form, FunctionType>> {
  const axes = Object.values(inputs).filter(isSweptByDefault).length;
  const f64 = (count: number) => new Array<string>(count).fill("f64");
  return {
    point: type(f64(Object.keys(inputs).length), f64(values.length)),
    fill: type(new Array<string>(2 * axes + 2).fill("i32"), []),
  };
}

function type(parameters: readonly string[], results: readonly string[]): FunctionType {
  return { parameters, results };
}

function expectFunction(module: WasmModule, name: string, expected: FunctionType, why = ""): void {
  const found = module.exports.get(name)!;
  const received =
    found.kind === "function" ? module.types[module.functions[found.index] ?? Number.NaN] : undefined;
  const text = received ? signature(received) : `a ${found.kind}`;
  if (text === signature(expected)) return;
  const reader = new Reader(module.file, module.bytes);
  reader.refuse(`a module whose \`${name}\` is ${signature(expected)}${why && `, ${why}`}`, text);
}
