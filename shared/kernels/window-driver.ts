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
    const isOwn = axes.map(({ input }) => own.includes(input));
    if (isOwn.every(Boolean)) {
      fill(fixed, outOf(out), { randomAt: (cell) => randomOf(window.seed, cellOf(window, cell)) });
      return;
    }
    const within = offsetsOf(window, isOwn);
    const part = out.map((array) => array.slice(0, within.length));
    for (const begin of offsetsOf(
      window,
      isOwn.map((is) => !is),
    )) {
      const indices = indicesOf(window, begin);
      for (const [axis, { input, values }] of axes.entries())
        if (!isOwn[axis]) fixed[input] = values[indices[axis]!]!;
      fill(fixed, outOf(part), {
        randomAt: (cell) => randomOf(window.seed, cellOf(window, begin + within[cell]!)),
      });
      for (const [k, array] of out.entries())
        for (let cell = 0; cell < within.length; cell++) array[begin + within[cell]!] = part[k]![cell]!;
    }
  };
}

/** The window's cells along the chosen axes, at the first point of the others, row-major. */
function offsetsOf({ axes }: ChunkWindow, isChosen: readonly boolean[]): Uint32Array {
  let offsets = new Uint32Array(1);
  let stride = 1;
  for (const [axis, { values }] of [...axes.entries()].reverse()) {
    if (isChosen[axis]) {
      const longer = new Uint32Array(values.length * offsets.length);
      for (let k = 0; k < longer.length; k++)
        longer[k] = Math.floor(k / offsets.length) * stride + offsets[k % offsets.length]!;
      offsets = longer;
    }
    stride *= values.length;
  }
  return offsets;
}
