import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { InputValue } from "../../../shared/kernels/declaration.ts";
import { loadWasm } from "../../../shared/kernels/load-wasm.ts";
import { runsOf } from "../../../shared/kernels/runs.ts";
import { checkWasm } from "../../../shared/kernels/wasm-file/check.ts";
import { hashOfWasm } from "../../../shared/kernels/wasm-hash.ts";
import {
  ADD,
  ADVANCE,
  CONVERT,
  COUNTED,
  custom,
  ELEMENT,
  EXPORTED_MEMORY,
  F64,
  I32,
  LOAD,
  LOCAL,
  list,
  MULTIPLY,
  moduleOf,
  NUMBER,
  STORE,
  section,
  text,
  wasm,
} from "../../helpers/wasm-module.ts";

type Axes = Readonly<Record<string, readonly InputValue[]>>;

/** What a module computes over these axes, an array a value. */
function computed(
  module: Uint8Array<ArrayBuffer>,
  axes: Axes,
  parameters: Readonly<Record<string, InputValue>> = {},
  values = 1,
): Float64Array[] {
  return computing(module, values)(axes, parameters);
}

function computing(module: Uint8Array<ArrayBuffer>, values = 1) {
  const bytes = new Uint8Array(checkWasm("mine.wasm", module, { name: "mine" }).bytes);
  const { compute } = loadWasm({ name: "mine", hash: hashOfWasm(bytes), bytes });
  return (axes: Axes, parameters: Readonly<Record<string, InputValue>> = {}) => {
    const entries = Object.entries(axes);
    const shape = entries.map(([, coordinates]) => coordinates.length);
    const cells = shape.reduce((product, length) => product * length, 1);
    const out = Array.from({ length: values }, () => new Float64Array(cells));
    const swept = entries.map(([input, list]) => ({
      input,
      values: typeof list[0] === "number" ? Float64Array.from(list as number[]) : list,
    }));
    compute({ parameters, axes: swept, from: shape.map(() => 0), shape, seed: 0 }, out);
    return out;
  };
}

const INPUTS = {
  x: { from: 0, to: 4 },
  y: { from: 0, to: 4 },
  kind: { choices: ["plain", "salty", "sweet"] },
  bold: { flag: true },
} as const;

/** kind * x + y + bold */
const SUM = [...[...LOCAL(2), ...LOCAL(0), MULTIPLY], ...[...LOCAL(1), ADD], ...[...LOCAL(3), ADD]];

describe("point", () => {
  const four = [F64, F64, F64, F64];
  const sum = { parameters: four, code: SUM, exportAs: "point" };
  const module = moduleOf({ functions: [sum], manifest: { inputs: INPUTS, value: { name: "sum" } } });

  test("is given a choice as its index and a flag as 0 or 1, held fixed and swept", () => {
    const fixed = { kind: "sweet", bold: true };
    expect(computed(module, { x: [1, 2], y: [10, 20] }, fixed)).toEqual([Float64Array.of(13, 23, 15, 25)]);
    const swept = { kind: ["plain", "salty", "sweet"], bold: [false, true] };
    expect(computed(module, swept, { x: 5, y: 0 })).toEqual([Float64Array.of(0, 1, 5, 6, 10, 11)]);
  });

  test("gives several values as its results", () => {
    const several = { parameters: four, results: [F64, F64], code: [...SUM, ...LOCAL(0)], exportAs: "point" };
    const manifest = { inputs: INPUTS, values: { sum: {}, first: {} } };
    expect(
      computed(
        moduleOf({ functions: [several], manifest }),
        { x: [1, 2] },
        { y: 0, kind: "salty", bold: true },
        2,
      ),
    ).toEqual([Float64Array.of(2, 3), Float64Array.of(1, 2)]);
  });

  test("that calls itself without end, or throws, fails its chunk with a sentence", () => {
    const one = { parameters: [F64], exportAs: "point" };
    const manifest = { inputs: { x: { from: 0, to: 1 } }, value: { name: "none" } };
    const endless = moduleOf({ functions: [{ ...one, code: [...LOCAL(0), 0x10, 0] }], manifest });
    expect(() => computed(endless, { x: [1] })).toThrow(
      "at x = 1: The WebAssembly kernel's `point` trapped in function 0: Maximum call stack size exceeded",
    );
    const throwing = wasm(
      section(1, list([0x60, 1, F64, 1, F64], [0x60, 0, 0])),
      section(3, list([0])),
      section(13, list([0, 1])),
      section(7, list([...text("point"), 0, 0])),
      section(10, list([4, 0, 0x08, 0, 0x0b])),
      custom("manyhands", JSON.stringify(manifest)),
    );
    expect(() => computed(throwing, { x: [1] })).toThrow(
      "at x = 1: The WebAssembly kernel's `point` trapped: an exception of its own",
    );
  });

  describe("that counts its calls in memory, and traps below zero", () => {
    // memory[0] += 1; if (x < 0) unreachable; return memory[0]
    const one = [...NUMBER(1), CONVERT];
    const count = [...[...NUMBER(0), ...NUMBER(0), ...LOAD, ...one, ADD, ...STORE]];
    const trap = [...[...LOCAL(0), ...NUMBER(0), CONVERT, 0x63], 0x04, 0x40, 0x00, 0x0b];
    const counting = (onError?: "nan") =>
      moduleOf({
        memories: [[0, 1]],
        functions: [
          { parameters: [F64], code: [...count, ...trap, ...NUMBER(0), ...LOAD], exportAs: "point" },
        ],
        manifest: {
          inputs: { x: { from: 0, to: 1 } },
          value: { name: "calls" },
          ...(onError && { onError }),
        },
        customs: [custom("name", [1, 8, ...list([0, ...text("count")])])],
      });

    test("fails its chunk with what, where and at which cell", () => {
      expect(() => computed(counting(), { x: [1, 2, -3] })).toThrow(
        "at x = -3: The WebAssembly kernel's `point` trapped in function `count`: unreachable",
      );
    });

    test("begins anew after a trap, which may have left it in the middle of a change", () => {
      const compute = computing(counting());
      expect(compute({ x: [1, 2] })).toEqual([Float64Array.of(1, 2)]);
      expect(() => compute({ x: [-1] })).toThrow();
      expect(compute({ x: [1, 2] })).toEqual([Float64Array.of(1, 2)]);
    });

    test("leaves NaN in the cell where the manifest says so", () => {
      expect(computed(counting("nan"), { x: [1, -2, 3] })).toEqual([Float64Array.of(1, Number.NaN, 1)]);
    });
  });
});

describe("fill", () => {
  // fill(rows 0, columns 1, y 2, x 3, p 4, out 5), row 6, column 7: y * x + p[0]
  const cell = [
    ...[...LOCAL(5), ...ELEMENT(2, 6), ...ELEMENT(3, 7), MULTIPLY],
    ...LOCAL(4),
    ...LOAD,
    ADD,
    ...STORE,
  ];
  const loops = COUNTED(6, 0, COUNTED(7, 1, [...cell, ...ADVANCE(5, 8)]));
  const fill = { parameters: new Array(6).fill(I32), results: [], locals: 2, code: loops, exportAs: "fill" };
  const manifest = {
    inputs: { y: { from: 0, to: 4 }, z: { default: 0 }, x: { from: 0, to: 4 } },
    value: { name: "sum" },
  };
  const allocating = (address: number) =>
    moduleOf({
      memories: [[0, 1]],
      functions: [fill, { parameters: [I32], results: [I32], code: NUMBER(address), exportAs: "alloc" }],
      exports: [EXPORTED_MEMORY],
      manifest,
    });
  const module = moduleOf({ memories: [[0, 0]], functions: [fill], exports: [EXPORTED_MEMORY], manifest });

  test("computes its two axes, one of them held fixed, and any other input swept", () => {
    expect(computed(module, { y: [1, 2], x: [3, 5] }, { z: 100 })).toEqual([
      Float64Array.of(103, 105, 106, 110),
    ]);
    expect(computed(module, { x: [3, 5] }, { y: 2, z: 0 })).toEqual([Float64Array.of(6, 10)]);
    expect(computed(module, { z: [0, 7], x: [3, 5] }, { y: 1 })).toEqual([Float64Array.of(3, 5, 10, 12)]);
    expect(computed(module, { y: [1, 2], z: [0, 7] }, { x: 3 })).toEqual([Float64Array.of(3, 10, 6, 13)]);
  });

  test("computes a chunk that is larger than one call", () => {
    const y = Float64Array.from({ length: 300 }, (_, row) => row);
    const x = Float64Array.from({ length: 400 }, (_, column) => column / 7);
    const [out] = computed(module, { y: [...y], x: [...x] }, { z: 1 });
    expect(out).toEqual(
      Float64Array.from({ length: 120_000 }, (_, k) => y[Math.floor(k / 400)]! * x[k % 400]! + 1),
    );
  });

  test("gives several values of a cell side by side", () => {
    // fill(count 0, x 1, p 2, out 3), at 4: x, and x * x
    const both = [
      ...[...LOCAL(3), ...ELEMENT(1, 4), ...STORE, ...ADVANCE(3, 8)],
      ...[...LOCAL(3), ...ELEMENT(1, 4), ...ELEMENT(1, 4), MULTIPLY, ...STORE, ...ADVANCE(3, 8)],
    ];
    const code = COUNTED(4, 0, both);
    const several = moduleOf({
      memories: [[0, 0]],
      functions: [{ parameters: [I32, I32, I32, I32], results: [], locals: 1, code, exportAs: "fill" }],
      exports: [EXPORTED_MEMORY],
      manifest: { inputs: { x: { from: 0, to: 4 } }, values: { same: {}, square: { dtype: "float32" } } },
    });
    expect(computed(several, { x: [2, 3] }, {}, 2)).toEqual([Float64Array.of(2, 3), Float64Array.of(4, 9)]);
  });

  test("that writes beyond its memory traps, with a sentence", () => {
    const code = [...NUMBER(0x7f), ...NUMBER(0), CONVERT, ...STORE];
    const writing = moduleOf({
      memories: [[0, 0]],
      functions: [{ ...fill, code }],
      exports: [EXPORTED_MEMORY],
      manifest,
    });
    expect(() => computed(writing, { y: [1], x: [1] }, { z: 0 })).toThrow(
      "The WebAssembly kernel's `fill` trapped in function 0: memory access out of bounds",
    );
  });

  test("whose module took all memory at its start fails with a sentence", () => {
    const code = [...NUMBER(17), 0x40, 0, 0x1a];
    const greedy = moduleOf({
      memories: [[1, 0, 17]],
      functions: [fill, { parameters: [], results: [], code, exportAs: "_initialize" }],
      exports: [EXPORTED_MEMORY],
      manifest,
    });
    expect(() => computed(greedy, { y: [1], x: [1] }, { z: 0 })).toThrow(
      "Expected the kernel's memory of 17 pages to have room for 17 more, which its `fill` is given, got RangeError: ",
    );
  });

  test("with an `alloc` that gives nothing, or what is not there, fails with a sentence", () => {
    const run = (address: number) => () => computed(allocating(address), { y: [1], x: [1] }, { z: 0 });
    expect(run(0)).toThrow("Expected the kernel's `alloc` to give 1049096 bytes, got 0.");
    expect(run(0x7f)).toThrow("within its 65536 bytes of memory, got address 4294967296."); // -1
  });
});

test("the runs of a window are its cells in order, each run as large as one may be", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 200 }), (shape, most) => {
      const axes = shape.map((length) => Float64Array.from({ length }, (_, at) => at));
      const runs = [...runsOf(axes, most)];
      const cells = runs.flatMap((run) => cellsOf(run));
      expect(cells).toEqual(cellsOf(axes));
      expect(Math.max(...runs.map((run) => cellsOf(run).length))).toBeLessThanOrEqual(most);
      if (cells.length <= most) expect(runs).toHaveLength(1);
    }),
    { numRuns: 50 },
  );
});

function cellsOf([first, ...others]: readonly Float64Array[]): string[] {
  if (!first) return [""];
  return [...first].flatMap((coordinate) => cellsOf(others).map((rest) => `${coordinate} ${rest}`));
}

test("an artifact that was never built is refused where it is loaded", () => {
  const loading = (parts: Parameters<typeof moduleOf>[0]) => () =>
    loadWasm({ name: "mine", hash: "", bytes: moduleOf(parts) });
  const point = { parameters: [], code: [...NUMBER(1), CONVERT], exportAs: "point" };
  expect(loading({ functions: [point] })).toThrow(
    "Expected mine.wasm to be a module with a custom section `manyhands`, got none.",
  );
  expect(loading({ functions: [point], memories: [[3, 1, 1]] })).toThrow("got one whose memory is shared.");
});
