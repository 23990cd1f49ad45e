/**
 * Fills a chunk by a function of one cell. The loops are generated for the inputs that a job sweeps: V8 then inlines the function and
 * makes no object of its inputs, 0.85 ns a cell, where a general loop takes 17 (docs/experiments/kernels.md).
 */
import type { Declaration, InputValue } from "./declaration.ts";
import type { ChunkArray } from "./dtype.ts";
import type { Compute } from "./loaded.ts";
import { cellRandom } from "./maths/random.ts";
import { coordinatesOf } from "./window-cells.ts";

type Point = (inputs: object, tools: { readonly random: () => number }) => unknown;

/** What the generated loops are called with; `at.cell` is the cell in work. */
type Loops = (
  point: Point,
  axes: readonly (Float64Array | readonly InputValue[])[],
  fixed: Readonly<Record<string, InputValue>>,
  out: readonly ChunkArray[],
  random: RandomOfCells,
  at: { cell: number },
  wrong: (name: string, value: unknown) => never,
) => void;

interface RandomOfCells {
  readonly tools: { readonly random: () => number };
  /** Begins the sequence of a cell, by its place in the whole array. */
  readonly begin: (place: number) => void;
  /** The place of the chunk's first cell along each axis, and the whole array's shape. */
  readonly from: readonly number[];
  readonly shape: readonly number[];
}

/** A cell that cannot be computed. */
class CellError extends Error {
  override readonly name = "CellError";
}

/** `isNamed`: the function gives its values by their names, one alone too. */
export function fillByPoints(point: Point, declaration: Declaration, isNamed: boolean): Compute {
  const made = new Map<string, Loops>();
  const usesRandom = point.length > 1;
  return (window, out) => {
    const { parameters, axes, from, shape, seed } = window;
    const swept = axes.map(({ input }) => input);
    const key = swept.join();
    const loops = made.get(key) ?? generate(declaration, swept, usesRandom, isNamed);
    made.set(key, loops);
    const sequence = cellRandom();
    const tools = { random: usesRandom ? sequence.next : noRandom };
    const random = { tools, begin: (place: number) => sequence.start(seed, place), from, shape };
    const at = { cell: 0 };
    const wrong = (name: string, value: unknown): never => {
      throw new CellError(`Expected ${name} to be a number that its array can hold, got ${String(value)}`);
    };
    try {
      loops(
        point,
        axes.map(({ values }) => values),
        parameters,
        out,
        random,
        at,
        wrong,
      );
    } catch (error) {
      throw atCell(error, coordinatesOf(window, at.cell));
    }
  };
}

function noRandom(): never {
  throw new CellError("Expected `point` to take its tools as a second parameter, got a function of one");
}

/** The same error, whose message begins with the cell's coordinates. */
function atCell(error: unknown, coordinates: string): unknown {
  if (!(error instanceof Error)) return new CellError(`at ${coordinates}: ${String(error)}`);
  error.message = `at ${coordinates}: ${error.message}`;
  return error;
}

/** The names in the generated text end in `$`, which no input's name does. */
function generate(
  { inputs, values, onError }: Declaration,
  swept: readonly string[],
  usesRandom: boolean,
  isNamed: boolean,
): Loops {
  const last = swept.length - 1;
  const fields = Object.keys(inputs).map((name) => {
    const axis = swept.indexOf(name);
    return axis < 0 ? `${name}: f${name}$` : `${name}: x${axis}$`;
  });
  const fixed = Object.keys(inputs).filter((name) => !swept.includes(name));
  const [only] = values;
  const results = isNamed ? values.map(({ name }) => `r$.${name}`) : ["r$"];
  const stores = results.map(
    (result, k) => `
      const v${k}$ = ${result};
      if (typeof v${k}$ !== "number") wrong$(${JSON.stringify(values[k]!.name)}, v${k}$);
      o${k}$[k$] = v${k}$;
      if (e${k}$ && o${k}$[k$] !== v${k}$) wrong$(${JSON.stringify(values[k]!.name)}, v${k}$);`,
  );
  const cell = `
      const r$ = point$({ ${fields.join(", ")} }, tools$);
      ${only ? stores.join("") : ""}`;
  const missing = values.map((_, k) => `o${k}$[k$] = e${k}$ || NaN;`).join(" ");
  const guarded = onError === "nan" ? `try {${cell}\n} catch { ${missing} }` : cell;
  const body = `${usesRandom ? `random$.begin(p${last}$ + i${last}$);` : ""}${guarded}\n      k$++;`;
  const loops = swept.reduceRight((inner, _, axis) => {
    const place =
      axis === 0
        ? `const p0$ = random$.from[0];`
        : `const p${axis}$ = (p${axis - 1}$ + i${axis - 1}$) * random$.shape[${axis}] + random$.from[${axis}];`;
    return `${usesRandom ? place : ""}
    for (let i${axis}$ = 0; i${axis}$ < n${axis}$; i${axis}$++) {
      const x${axis}$ = a${axis}$[i${axis}$];${inner}
    }`;
  }, body);
  const text = `"use strict";
    const { tools: tools$ } = random$;
    ${swept.map((_, axis) => `const a${axis}$ = axes$[${axis}], n${axis}$ = a${axis}$.length;`).join(" ")}
    ${fixed.map((name) => `const f${name}$ = fixed$.${name};`).join(" ")}
    ${values.map((_, k) => `const o${k}$ = out$[${k}], e${k}$ = fill$(o${k}$);`).join(" ")}
    let k$ = 0;
    try {${loops}
    } finally { at$.cell = k$; }`;
  const loop = new Function("point$", "axes$", "fixed$", "out$", "random$", "at$", "wrong$", "fill$", text);
  return (...given) => loop(...given, fillOfCounts);
}

/** The fill value of an array of whole numbers, 0 for others: where it is not 0, each number must fit. */
function fillOfCounts(array: ChunkArray): number {
  if (array instanceof Uint16Array) return 0xffff;
  return array instanceof Uint32Array ? 0xffffffff : 0;
}
