/** Whether a kernel and its fast twin give the same bits, told from a few cells. */
import type { Declaration } from "./declaration.ts";
import type { ChunkArray } from "./dtype.ts";
import type { ChunkWindow, Compute } from "./loaded.ts";
import { coordinatesOf } from "./window-cells.ts";

/** A cell that a twin computes otherwise. */
export interface Difference {
  /** The value's name. */
  readonly value: string;
  /** The cell's coordinates: `spot = 95, rate = 0.02`. */
  readonly at: string;
  readonly plain: number;
  readonly fast: number;
}

/**
 * The first cell of the window for which the twin gives other bits; undefined where there is none. Any NaN is the same as any other,
 * for they are stored alike; 0 and -0 are not. `outOf` makes the arrays for the window.
 */
export function firstDifference(
  { declaration, compute, fast }: { declaration: Declaration; compute: Compute; fast: Compute },
  window: ChunkWindow,
  outOf: () => readonly ChunkArray[],
): Difference | undefined {
  const [plainOut, fastOut] = [outOf(), outOf()];
  compute(window, plainOut);
  fast(window, fastOut);
  for (const [k, array] of plainOut.entries()) {
    const cell = array.findIndex((number, at) => !Object.is(number, fastOut[k]![at]));
    if (cell < 0) continue;
    const [plain, other] = [array[cell]!, fastOut[k]![cell]!];
    return { value: declaration.values[k]!.name, at: coordinatesOf(window, cell), plain, fast: other };
  }
  return undefined;
}

/**
 * A window of cells spread over the whole of a job: along each axis about as many coordinates, the first and the last among them, and
 * at most `cells` together, or the first of each axis.
 */
export function sampled(window: ChunkWindow, cells: number): ChunkWindow {
  const { axes } = window;
  const side = Math.max(1, Math.floor(cells ** (1 / axes.length)));
  return {
    ...window,
    from: axes.map(() => 0),
    axes: axes.map(({ input, values }) => ({ input, values: spread(values, side) })),
  };
}

function spread<Values extends ChunkWindow["axes"][number]["values"]>(values: Values, most: number): Values {
  if (values.length <= most) return values;
  const step = most === 1 ? 0 : (values.length - 1) / (most - 1);
  const isChosen = new Set(Array.from({ length: most }, (_, k) => Math.round(k * step)));
  return values.filter((_: unknown, at: number) => isChosen.has(at)) as Values;
}
