import type { Twin } from "../twin.ts";
import { fillByTiles } from "../wasm-tiles.ts";
import { doublePendulum } from "./double-pendulum.ts";

/** The fast twin of double-pendulum: the same values from wasm/double-pendulum.ts. */
export const fastDoublePendulum: Twin<typeof doublePendulum> = (instance) => (window, out, tools) => {
  const wasm = instance();
  if (!wasm) return doublePendulum.fill(window, out, tools);
  const { angle1: x, angle2: y, duration, timeStep, gravity, length1, length2, mass1, mass2 } = window;
  fillByTiles(wasm, { x, y }, out, Float64Array, (columns, rows) =>
    wasm.timesToFlip(columns, rows, duration, timeStep, gravity, length1, length2, mass1, mass2),
  );
};
