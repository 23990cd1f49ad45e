import type { ChunkWindow } from "./loaded.ts";

/** The indices of one of the window's cells along its axes. */
export function indicesOf({ axes }: Pick<ChunkWindow, "axes">, cell: number): number[] {
  const indices = new Array<number>(axes.length);
  let rest = cell;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const { length } = axes[axis]!.values;
    indices[axis] = rest % length;
    rest = Math.floor(rest / length);
  }
  return indices;
}

/** The cell's place in the whole array, row-major: what its random numbers follow from. */
export function cellOf(window: Pick<ChunkWindow, "axes" | "from" | "shape">, cell: number): number {
  const { from, shape } = window;
  return indicesOf(window, cell).reduce(
    (place, index, axis) => place * shape[axis]! + from[axis]! + index,
    0,
  );
}

/** A cell's coordinates by the inputs' names, for a sentence: `spot = 95, rate = 0.02`. */
export function coordinatesOf(window: Pick<ChunkWindow, "axes">, cell: number): string {
  const indices = indicesOf(window, cell);
  return window.axes.map(({ input, values }, axis) => `${input} = ${values[indices[axis]!]}`).join(", ");
}

/** A window's extent by the inputs' names: `spot = 80 to 119.5, method = euler`. */
export function rangesOf({ axes }: Pick<ChunkWindow, "axes">): string {
  return axes
    .map(({ input, values }) => {
      const [first, last] = [values[0], values.at(-1)];
      return first === last ? `${input} = ${first}` : `${input} = ${first} to ${last}`;
    })
    .join(", ");
}
