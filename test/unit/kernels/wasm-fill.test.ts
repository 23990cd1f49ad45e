import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runsOf } from "../../../shared/kernels/runs.ts";
import { computed } from "../../helpers/wasm-compute.ts";
import {
  ADD,
  ADVANCE,
  CONVERT,
  COUNTED,
  ELEMENT,
  EXPORTED_MEMORY,
  I32,
  LOAD,
  LOCAL,
  MULTIPLY,
  moduleOf,
  NUMBER,
  STORE,
} from "../../helpers/wasm-module.ts";

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
