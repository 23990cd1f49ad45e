import type { InputValue } from "../../shared/kernels/declaration.ts";
import type { ChunkArray } from "../../shared/kernels/dtype.ts";
import type { ChunkWindow } from "../../shared/kernels/loaded.ts";
import { fastCompute } from "./fast.ts";
import { builtIn } from "./kernels.ts";

/** The coordinates of each swept input, in the order of the axes. */
export type Coordinates = Readonly<Record<string, ChunkWindow["axes"][number]["values"]>>;

/** A window that is the whole array. */
export function windowOver(
  coordinates: Coordinates,
  parameters: Readonly<Record<string, InputValue>> = {},
): ChunkWindow {
  const axes = Object.entries(coordinates).map(([input, values]) => ({ input, values }));
  const shape = axes.map(({ values }) => values.length);
  return { parameters, axes, from: shape.map(() => 0), shape, seed: 0 };
}

/** The cells of a window. */
export const cellsIn = ({ shape }: ChunkWindow): number => shape.reduce((cells, length) => cells * length, 1);

/** Fills `out` by the plain kernel and `fast` by its twin. */
export function computeBoth(name: string, window: ChunkWindow, plain: ChunkArray, fast: ChunkArray): void {
  builtIn(name).compute(window, [plain]);
  fastCompute(name)(window, [fast]);
}

/** As `compute` of the plain kernel. */
export const computePlain = (name: string, window: ChunkWindow, out: ChunkArray): void =>
  builtIn(name).compute(window, [out]);

/** Where and how two arrays of a window differ, for a failing test's message; undefined if they do not. */
export function differenceOf(window: ChunkWindow, plain: ChunkArray, fast: ChunkArray): string | undefined {
  const cell = plain.findIndex((value, k) => !Object.is(value, fast[k]));
  if (cell < 0) return undefined;
  let rest = cell;
  const at = window.axes.toReversed().map(({ input, values }) => {
    const index = rest % values.length;
    rest = Math.floor(rest / values.length);
    return `${input} = ${values[index]}`;
  });
  return `cell ${cell}, ${at.toReversed().join(", ")}: plain ${plain[cell]}, fast ${fast[cell]}`;
}
