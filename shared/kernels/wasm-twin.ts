/** A WebAssembly module as the fast twin of a kernel in JavaScript: the same inputs, the same values, the same bits. */
import { InvalidInputError } from "../validation/errors.ts";
import { show } from "../validation/parse.ts";
import type { Declaration, Input, Value } from "./declaration.ts";
import { computeOf } from "./driver.ts";
import type { ChunkArray } from "./dtype.ts";
import type { ChunkWindow, Compute } from "./loaded.ts";
import { codeOfWasm } from "./wasm-code.ts";
import { declarationIn } from "./wasm-file/check.ts";
import { coordinatesOf } from "./window-cells.ts";

/** The manifest of a module that has none of its own and is to be the twin of a kernel of that declaration. */
export function manifestFor({ about, inputs, values }: Declaration): unknown {
  return {
    about,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, sourceOf(input)])),
    values: Object.fromEntries(values.map(({ name, ...value }) => [name, value])),
  };
}

function sourceOf({ kind, ...source }: Input): unknown {
  return kind === "flag" ? { ...source, flag: true } : source;
}

/**
 * The compute of a twin's artifact, for `LoadedKernel.fast`. Its inputs may come in another order, and it may have `fill` where the
 * kernel has `point`. Throws InvalidInputError, which names `file`, if the kernel's inputs or values are others.
 */
export function twinOf(declaration: Declaration, bytes: Uint8Array<ArrayBuffer>, file: string): Compute {
  const twin = declarationIn(file, bytes, "twin");
  expectFit(declaration, twin, file);
  const { onError } = declaration;
  const alike = { ...twin, ...(onError && { onError }) };
  return computeOf(codeOfWasm(new WebAssembly.Module(bytes), twin), alike);
}

/** Throws InvalidInputError if the twin is not a function of the same inputs, to the same values. */
export function expectFit(declaration: Declaration, twin: Declaration, file: string): void {
  const text = ({ inputs }: Declaration) => Object.entries(inputs).map(inputText).sort().join(", ");
  expectSame(`the inputs of ${file}`, text(declaration), text(twin));
  const values = ({ values }: Declaration) => values.map(valueText).join(", ");
  expectSame(`the values of ${file}`, values(declaration), values(twin));
}

function expectSame(what: string, expected: string, received: string): void {
  if (expected !== received) throw new InvalidInputError(what, `those of its kernel, ${expected}`, received);
}

/** What a module is given of an input: a choice arrives as its index, so their order counts. */
function inputText([name, input]: [string, Input]): string {
  if (input.kind === "number") return name;
  return input.kind === "flag" ? `${name} (a flag)` : `${name} (${input.choices.map(show).join("|")})`;
}

function valueText({ name }: Value): string {
  return name;
}

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
