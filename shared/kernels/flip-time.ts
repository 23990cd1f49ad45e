import { doublePendulum } from "./double-pendulum.ts";
import type { Kernel } from "./kernel.ts";
import { fillByTiles } from "./tiles.ts";
import { wasmKernels } from "./wasm-kernels.ts";

type Compute<K> = K extends Kernel<infer Name> ? Kernel<Name>["compute"] : never;

/** The fast twin of double-pendulum: the same values from wasm/double-pendulum.ts. */
export const fastDoublePendulum: Compute<typeof doublePendulum> = (parameters, window, out) => {
  const wasm = wasmKernels();
  if (!wasm) return doublePendulum.compute(parameters, window, out);
  const { duration, timeStep, gravity, length1, length2, mass1, mass2 } = parameters;
  fillByTiles(wasm, window, out, Float64Array, (columns, rows) =>
    wasm.timesToFlip(columns, rows, duration, timeStep, gravity, length1, length2, mass1, mass2),
  );
};
