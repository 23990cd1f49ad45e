import { doublePendulum } from "./double-pendulum.ts";
import { fillByTiles } from "./tiles.ts";
import type { Twin } from "./twin.ts";

/** The fast twin of double-pendulum: the same values from wasm/double-pendulum.ts. */
export const fastDoublePendulum: Twin<typeof doublePendulum> = (instance) => (parameters, window, out) => {
  const wasm = instance();
  if (!wasm) return doublePendulum.compute(parameters, window, out);
  const { duration, timeStep, gravity, length1, length2, mass1, mass2 } = parameters;
  fillByTiles(wasm, window, out, Float64Array, (columns, rows) =>
    wasm.timesToFlip(columns, rows, duration, timeStep, gravity, length1, length2, mass1, mass2),
  );
};
