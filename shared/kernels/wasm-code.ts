/** A WebAssembly module as the two functions that a kernel's file in JavaScript would have: the driver does the rest. */
import { KernelError } from "../validation/errors.ts";
import { type Declaration, isSweptByDefault } from "./declaration.ts";
import type { KernelCode } from "./driver.ts";
import type { ChunkArray } from "./dtype.ts";
import { runsOf } from "./runs.ts";
import { MOST_VALUES_A_CALL, WasmInstance } from "./wasm-instance.ts";

/**
 * The functions of a module that keeps the contract (wasm-file/contract.ts). Whatever traps is thrown as a KernelError, and what comes
 * next meets a new instance: the former may have been left in the middle of a change.
 * @example computeOf(codeOfWasm(new WebAssembly.Module(bytes), declaration), declaration)
 */
export function codeOfWasm(module: WebAssembly.Module, declaration: Declaration): KernelCode {
  return declaration.form === "fill"
    ? { fill: fillOf(module, declaration) as KernelCode["fill"] & {} }
    : { point: pointOf(module, declaration) as KernelCode["point"] & {} };
}

/** Made from text, so that V8 sees one call with its arguments in place. */
function pointOf(module: WebAssembly.Module, { inputs, values }: Declaration): unknown {
  const numbers = Object.entries(inputs).map(([name, input]) => {
    if (input.kind === "choice") return `choices$.${name}.indexOf(inputs$.${name})`;
    return input.kind === "flag" ? `+inputs$.${name}` : `inputs$.${name}`;
  });
  const choices = Object.entries(inputs).map(([name, input]) => [
    name,
    input.kind === "choice" ? input.choices : [],
  ]);
  const call = `point$(${numbers.join(", ")})`;
  const result =
    values.length === 1
      ? `return ${call};`
      : `const all$ = ${call}; return { ${values.map(({ name }, k) => `${name}: all$[${k}]`).join(", ")} };`;
  const text = `"use strict";
    let point$ = start$();
    return (inputs$) => {
      try { ${result} } catch (error$) { point$ = start$(); throw trap$(error$); }
    };`;
  const start = () => new WasmInstance(module).function("point");
  const trap = (error: unknown) => trapOf(error, "point");
  return new Function("start$", "choices$", "trap$", text)(start, Object.fromEntries(choices), trap);
}

type Out = ChunkArray | Readonly<Record<string, ChunkArray>>;
type Window = Readonly<Record<string, Float64Array | number | string | boolean>>;

function fillOf(module: WebAssembly.Module, { inputs, values }: Declaration): unknown {
  const names = Object.keys(inputs);
  const axes = names.filter((name) => isSweptByDefault(inputs[name]!));
  const others = names.filter((name) => !axes.includes(name));
  const numberOf = (name: string, value: unknown): number => {
    const input = inputs[name]!;
    return input.kind === "choice" ? input.choices.indexOf(String(value)) : Number(value);
  };
  const most = Math.max(1, Math.floor(MOST_VALUES_A_CALL / values.length));
  let instance = new WasmInstance(module);
  return (window: Window, out: Out) => {
    const arrays = ArrayBuffer.isView(out) ? [out] : values.map(({ name }) => out[name]!);
    const coordinates = axes.map((name) => window[name] as Float64Array);
    const parameters = Float64Array.from(others, (name) => numberOf(name, window[name]));
    try {
      let from = 0;
      for (const run of runsOf(coordinates, most)) {
        const cells = run.reduce((product, { length }) => product * length, 1);
        store(instance.fill(run, parameters, cells * values.length), arrays, from);
        from += cells;
      }
    } catch (error) {
      instance = new WasmInstance(module);
      throw trapOf(error, "fill");
    }
  };
}

/** Copies a run's cells, all values of a cell together, to where they belong in the arrays. */
function store(cells: Float64Array, arrays: readonly ChunkArray[], from: number): void {
  const [only, ...more] = arrays;
  if (only && more.length === 0) only.set(cells, from);
  else {
    const count = arrays.length;
    for (const [value, array] of arrays.entries()) {
      for (let cell = 0; cell * count < cells.length; cell++) {
        array[from + cell] = cells[cell * count + value]!;
      }
    }
  }
}

function trapOf(error: unknown, name: string): unknown {
  if (error instanceof KernelError) return error;
  const message = error instanceof Error ? error.message : "an exception of its own";
  const place = error instanceof Error ? placeIn(error.stack ?? "") : "";
  return new KernelError(`The WebAssembly kernel's \`${name}\` trapped${place}: ${message}`, {
    cause: error,
  });
}

/** The innermost function of the stack: by name where the module has one, by index where not. */
function placeIn(stack: string): string {
  const [, name, index] = /at (?:(\S+) \()?wasm:\/\/\S*?wasm-function\[(\d+)\]/.exec(stack) ?? [];
  if (index === undefined) return "";
  return ` in function ${name ? `\`${name.replace(/^.*\.wasm\./, "")}\`` : index}`;
}
