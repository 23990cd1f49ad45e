/** Kernels that do next to nothing, `x * y`: what is measured is how they are called. */
import { declare } from "../../shared/kernels/declare.ts";
import { computeOf } from "../../shared/kernels/driver.ts";
import { loadWasm } from "../../shared/kernels/load-wasm.ts";
import type { ChunkWindow, Compute } from "../../shared/kernels/loaded.ts";
import {
  ADVANCE,
  COUNTED,
  ELEMENT,
  EXPORTED_MEMORY,
  F64,
  I32,
  LOCAL,
  MANIFEST,
  MULTIPLY,
  moduleOf,
  PRODUCT,
  STORE,
} from "../../test/helpers/wasm-module.ts";

export interface Called {
  readonly what: string;
  readonly compute: Compute;
  readonly values: number;
}

const { inputs } = MANIFEST;
const TWO = { inputs, values: { product: {}, first: {} } };

const inWasm = (bytes: Uint8Array<ArrayBuffer>) => loadWasm({ name: "called", hash: "", bytes }).compute;

function inTypeScript(source: object): Compute {
  const kernel = { kind: "kernel", ...source } as never;
  return computeOf(kernel, declare(kernel, "called").declaration);
}

/** rows 0, columns 1, y 2, x 3, others 4, out 5; row 6, column 7 */
const CELL = [...LOCAL(5), ...ELEMENT(2, 6), ...ELEMENT(3, 7), MULTIPLY, ...STORE];
const FILL = {
  ...{ parameters: new Array<number>(6).fill(I32), results: [], locals: 2, exportAs: "fill" },
  code: COUNTED(6, 0, COUNTED(7, 1, [...CELL, ...ADVANCE(5, 8)])),
};

function byHand({ y, x }: Record<"x" | "y", Float64Array>, out: Float64Array): void {
  let at = 0;
  for (let row = 0; row < y.length; row++)
    for (let column = 0; column < x.length; column++) out[at++] = x[column]! * y[row]!;
}

export const CALLED: readonly Called[] = [
  {
    what: "`point` in TypeScript",
    compute: inTypeScript({ ...MANIFEST, point: ({ x, y }: { x: number; y: number }) => x * y }),
    values: 1,
  },
  {
    what: "`fill` in TypeScript, a loop by hand",
    compute: inTypeScript({ ...MANIFEST, fill: byHand }),
    values: 1,
  },
  {
    what: "`point` in WebAssembly",
    compute: inWasm(moduleOf({ functions: [PRODUCT], manifest: MANIFEST })),
    values: 1,
  },
  {
    what: "`fill` in WebAssembly, copies included",
    compute: inWasm(
      moduleOf({ memories: [[0, 0]], functions: [FILL], exports: [EXPORTED_MEMORY], manifest: MANIFEST }),
    ),
    values: 1,
  },
  {
    what: "`point` of two values in TypeScript",
    compute: inTypeScript({
      ...TWO,
      point: ({ x, y }: { x: number; y: number }) => ({ product: x * y, first: x }),
    }),
    values: 2,
  },
  {
    what: "`point` of two values in WebAssembly",
    compute: inWasm(
      moduleOf({
        functions: [{ ...PRODUCT, results: [F64, F64], code: [...PRODUCT.code, ...LOCAL(0)] }],
        manifest: TWO,
      }),
    ),
    values: 2,
  },
];

export function callWindow(side: number): ChunkWindow {
  const values = Float64Array.from({ length: side }, (_, k) => k / side);
  const axes = Object.keys(inputs).map((input) => ({ input, values }));
  return { parameters: {}, axes, from: [0, 0], shape: [side, side], seed: 0 };
}
