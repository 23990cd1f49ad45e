import { describe, expect, test } from "vitest";
import { loadWasm } from "../../../shared/kernels/load-wasm.ts";
import { computed, computing } from "../../helpers/wasm-compute.ts";
import {
  ADD,
  CONVERT,
  custom,
  F64,
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

test("an artifact that was never built is refused where it is loaded", () => {
  const loading = (parts: Parameters<typeof moduleOf>[0]) => () =>
    loadWasm({ name: "mine", hash: "", bytes: moduleOf(parts) });
  const point = { parameters: [], code: [...NUMBER(1), CONVERT], exportAs: "point" };
  expect(loading({ functions: [point] })).toThrow(
    "Expected mine.wasm to be a module with a custom section `manyhands`, got none.",
  );
  expect(loading({ functions: [point], memories: [[3, 1, 1]] })).toThrow("got one whose memory is shared.");
});
