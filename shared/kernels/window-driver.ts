/** Fills a chunk by a function of a window, whatever the job sweeps. */
import { type Declaration, type InputValue, isSweptByDefault } from "./declaration.ts";
import type { ChunkArray } from "./dtype.ts";
import type { ChunkWindow, Compute } from "./loaded.ts";
import { randomOf } from "./maths/random.ts";
import { cellOf, indicesOf } from "./window-cells.ts";

type Out = ChunkArray | Readonly<Record<string, ChunkArray>>;
export type Fill = (
  window: Readonly<Record<string, Float64Array | InputValue>>,
  out: Out,
  tools: { readonly randomAt: (cell: number) => () => number },
) => void;

/**
 * `fill` computes a window over the inputs that are swept by default. One that the job holds fixed is a coordinate that is alone;
 * for every point of the others that it sweeps `fill` is called once. `isNamed`: `fill` takes its arrays by the values' names, one
 * alone too.
 */
export function fillByWindows(fill: Fill, { inputs, values }: Declaration, isNamed = false): Compute {
  const names = Object.keys(inputs);
  const own = names.filter((name) => isSweptByDefault(inputs[name]!));
  const outOf = (arrays: readonly ChunkArray[]): Out =>
    isNamed ? Object.fromEntries(values.map(({ name }, k) => [name, arrays[k]!])) : arrays[0]!;
  return (window, out) => {
    const { parameters, axes } = window;
    const alone = own.filter((name) => !axes.some(({ input }) => input === name));
    const fixed: Record<string, Float64Array | InputValue> = { ...parameters };
    for (const name of alone) fixed[name] = Float64Array.of(Number(parameters[name]));
    for (const { input, values } of axes) if (own.includes(input)) fixed[input] = values as Float64Array;
    const others = axes
      .map(({ input }, axis) => (own.includes(input) ? -1 : axis))
      .filter((axis) => axis >= 0);
    if (others.length === 0) {
      fill(fixed, outOf(out), { randomAt: (cell) => randomOf(window.seed, cellOf(window, cell)) });
      return;
    }
    for (const { chosen, cells } of slicesOf(window, others)) {
      const part = out.map((array) => array.slice(0, cells.length));
      for (const axis of others) fixed[axes[axis]!.input] = axes[axis]!.values[chosen[axis]!]!;
      fill(fixed, outOf(part), { randomAt: (cell) => randomOf(window.seed, cellOf(window, cells[cell]!)) });
      for (const [k, array] of out.entries())
        for (const [at, cell] of cells.entries()) array[cell] = part[k]![at]!;
    }
  };
}

/** The window's cells for every point of these axes, row-major, and that point's index along each axis. */
function* slicesOf(
  { axes }: ChunkWindow,
  others: readonly number[],
): Generator<{ readonly chosen: readonly number[]; readonly cells: readonly number[] }> {
  const slices = new Map<string, { chosen: number[]; cells: number[] }>();
  const total = axes.reduce((cells, { values }) => cells * values.length, 1);
  for (let cell = 0; cell < total; cell++) {
    const at = indicesOf({ axes }, cell);
    const key = others.map((axis) => at[axis]).join();
    const slice = slices.get(key) ?? { chosen: at, cells: [] };
    slice.cells.push(cell);
    slices.set(key, slice);
  }
  yield* slices.values();
}
