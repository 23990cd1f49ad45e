import { expect, test } from "vitest";
import { coordinates, lengthOf } from "../../../shared/array/grid.ts";
import { resolveAxis, tutorialAxis } from "../../../shared/array/resolve-axis.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { cellsIn, computePlain, windowOver } from "../../helpers/windows.ts";

function tutorial(size: number, maxIterations: number): Uint16Array {
  const axis = (from: number, to: number) => {
    const resolved = resolveAxis(tutorialAxis(from, to, size), "axis");
    return coordinates(resolved, 0, lengthOf(resolved));
  };
  const window = windowOver({ y: axis(1.3, -1.3), x: axis(-2.13, 0.77) }, { maxIterations });
  const out = new Uint16Array(cellsIn(window));
  computePlain("mandelbrot", window, out);
  return out;
}

test.each([
  [100, 1000, 2_500, 509_274],
  [300, 100, 22_500, 537_814],
  [1000, 1000, 250_000, 51_214_485],
])(
  "size %i at %i iterations gives the tutorial's %i elements and its sum %i",
  (size, limit, elements, sum) => {
    const values = tutorial(size, limit);
    expect(values.length).toBe(elements);
    expect(values.reduce((total, value) => total + value, 0)).toBe(sum);
  },
);

test("points inside give the limit, points outside the index of the iteration that escapes", () => {
  const out = new Uint16Array(4);
  const window = windowOver(
    { y: Float64Array.of(0), x: Float64Array.of(0, 2.5, 2, 1) },
    { maxIterations: 50 },
  );
  computePlain("mandelbrot", window, out);
  expect([...out]).toEqual([50, 0, 1, 2]);
});

test("the counts are symmetric about the real axis", () => {
  const x = Float64Array.from({ length: 40 }, (_, k) => -2 + k / 14);
  const [above, below] = [0.3, -0.3].map((ci) => {
    const out = new Uint16Array(40);
    computePlain("mandelbrot", windowOver({ y: Float64Array.of(ci), x }, { maxIterations: 200 }), out);
    return out;
  });
  expect(above).toEqual(below);
});

test("uint16 holds limits up to 65,534, whose next value is the fill value", () => {
  const dtypeAt = (maxIterations: number, dtype = "auto") =>
    resolvedJob({ kernel: "mandelbrot", inputs: { maxIterations }, dtype }).spec.values[0]?.dtype;
  expect(dtypeAt(65_534)).toBe("uint16");
  expect(dtypeAt(65_535)).toBe("uint32");
  expect(() => dtypeAt(65_535, "uint16")).toThrow(/dtype to be uint32 /);
});

test("julia with c = 0 keeps the unit disc and loses the rest", () => {
  const out = new Uint16Array(3);
  const z = { y: Float64Array.of(0), x: Float64Array.of(0.5, 1, 1.1) };
  computePlain("julia", windowOver(z, { maxIterations: 100, cRe: 0, cIm: 0 }), out);
  expect([...out]).toEqual([100, 100, 2]);
});

test("a Julia set is symmetric about the origin", () => {
  const forward = new Uint16Array(9);
  const backward = new Uint16Array(9);
  const [y, x] = [Float64Array.of(-0.5, 0.1, 0.7), Float64Array.of(-1.1, 0.2, 0.9)];
  const parameters = { maxIterations: 300, cRe: -0.8, cIm: 0.156 };
  computePlain("julia", windowOver({ y, x }, parameters), forward);
  computePlain("julia", windowOver({ y: y.map((v) => -v), x: x.map((v) => -v) }, parameters), backward);
  expect(forward).toEqual(backward);
});
