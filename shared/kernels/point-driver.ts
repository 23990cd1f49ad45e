/**
 * Fills a chunk by a function of one cell. The loops are generated for the inputs that a job sweeps: V8 then inlines the function and
 * makes no object of its inputs, so that a cell costs no more than in a loop by hand (docs/experiments/own-kernels.md).
 */
import { atPlace, CellError } from "./cell-error.ts";
import { ContractError } from "./contract-error.ts";
import type { Declaration, InputValue } from "./declaration.ts";
import type { ChunkArray } from "./dtype.ts";
import type { Compute } from "./loaded.ts";
import { cellRandom } from "./maths/random.ts";
import { lostIn, WHOLE } from "./whole-numbers.ts";
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

/** `isNamed`: the function gives its values by their names, one alone too. */
export function fillByPoints(point: Point, declaration: Declaration, isNamed: boolean): Compute {
  const made = new Map<string, Loops>();
  const usesRandom = point.length > 1;
  return (window, out) => {
    const { parameters, axes, from, shape, seed } = window;
    const swept = axes.map(({ input }) => input);
    const lost = out.map(lostIn);
    const key = [...swept, ...lost].join();
    const loops = made.get(key) ?? generate(declaration, swept, lost, { usesRandom, isNamed });
    made.set(key, loops);
    const sequence = cellRandom();
    const tools = { random: usesRandom ? sequence.next : noRandom };
    const random = { tools, begin: (place: number) => sequence.start(seed, place), from, shape };
    const at = { cell: 0 };
    const wrong = (name: string, value: unknown): never => {
      const sentence = (expected: string) => `Expected ${name} to be ${expected}, got ${String(value)}.`;
      if (typeof value !== "number") throw new ContractError(sentence("a number"));
      throw new CellError(sentence(WHOLE));
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
      throw atPlace(error, `at ${coordinatesOf(window, at.cell)}`);
    }
  };
}

function noRandom(): never {
  throw new ContractError("Expected `point` to take its tools as a second parameter, got a function of one.");
}

/**
 * The names in the generated text end in `$`, which no input's name does. `lost`: what a cell without a value gets, by value. Only
 * whole numbers are read back after they are stored: that alone would make a cell cost three times as much.
 */
function generate(
  { inputs, values, onError }: Declaration,
  swept: readonly string[],
  lost: readonly number[],
  { usesRandom, isNamed }: { readonly usesRandom: boolean; readonly isNamed: boolean },
): Loops {
  const last = swept.length - 1;
  const fields = Object.keys(inputs).map((name) => {
    const axis = swept.indexOf(name);
    return axis < 0 ? `${name}: f${name}$` : `${name}: x${axis}$`;
  });
  const fixed = Object.keys(inputs).filter((name) => !swept.includes(name));
  const results = isNamed ? values.map(({ name }) => `r$.${name}`) : ["r$"];
  const stores = results.map((result, k) => {
    const refuse = `wrong$("${values[k]!.name}", v${k}$);`;
    return `
      const v${k}$ = ${result};
      if (typeof v${k}$ !== "number") ${refuse}
      o${k}$[k$] = v${k}$;
      ${Number.isNaN(lost[k]) ? "" : `if (o${k}$[k$] !== v${k}$ || v${k}$ === ${lost[k]}) ${refuse}`}`;
  });
  const cell = `
      const r$ = point$({ ${fields.join(", ")} }, tools$);
      ${stores.join("")}`;
  const missing = lost.map((value, k) => `o${k}$[k$] = ${value};`).join(" ");
  const guarded =
    onError === "nan" ? `try {${cell}\n} catch (e$) { if (isContract$(e$)) throw e$; ${missing} }` : cell;
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
    ${values.map((_, k) => `const o${k}$ = out$[${k}];`).join(" ")}
    let k$ = 0;
    try {${loops}
    } finally { at$.cell = k$; }`;
  const given = ["point$", "axes$", "fixed$", "out$", "random$", "at$", "wrong$", "isContract$"];
  const loops$ = new Function(...given, text);
  return (...all) => loops$(...all, (error: unknown) => error instanceof ContractError);
}
