import type { InputValue } from "../../shared/kernels/declaration.ts";
import { loadWasm } from "../../shared/kernels/load-wasm.ts";
import { checkWasm } from "../../shared/kernels/wasm-file/check.ts";
import { hashOfWasm } from "../../shared/kernels/wasm-hash.ts";

type Axes = Readonly<Record<string, readonly InputValue[]>>;

/** What a module computes over these axes, an array a value. */
export function computed(
  module: Uint8Array<ArrayBuffer>,
  axes: Axes,
  parameters: Readonly<Record<string, InputValue>> = {},
  values = 1,
): Float64Array[] {
  return computing(module, values)(axes, parameters);
}

/** The same, of one loaded kernel for several windows. */
export function computing(module: Uint8Array<ArrayBuffer>, values = 1) {
  const bytes = new Uint8Array(checkWasm("mine.wasm", module, { name: "mine" }).bytes);
  const { compute } = loadWasm({ name: "mine", hash: hashOfWasm(bytes), bytes });
  return (axes: Axes, parameters: Readonly<Record<string, InputValue>> = {}) => {
    const entries = Object.entries(axes);
    const shape = entries.map(([, coordinates]) => coordinates.length);
    const cells = shape.reduce((product, length) => product * length, 1);
    const out = Array.from({ length: values }, () => new Float64Array(cells));
    const swept = entries.map(([input, list]) => ({
      input,
      values: typeof list[0] === "number" ? Float64Array.from(list as number[]) : list,
    }));
    compute({ parameters, axes: swept, from: shape.map(() => 0), shape, seed: 0 }, out);
    return out;
  };
}
