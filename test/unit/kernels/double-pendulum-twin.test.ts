import fc from "fast-check";
import { expect, test } from "vitest";
import { makeArray } from "../../../shared/kernels/dtype.ts";
import { sameBytes } from "../../helpers/arrays.ts";
import { fastCompute } from "../../helpers/fast.ts";
import { builtIn, defaultsOf } from "../../helpers/kernels.ts";
import { cellsIn, computeBoth, differenceOf, windowOver } from "../../helpers/windows.ts";

const { declaration, compute } = builtIn("double-pendulum");
const defaults = defaultsOf("double-pendulum");

type Bounded = Readonly<Record<"minimum" | "maximum" | "default", number>>;

interface Angles {
  readonly angle2: Float64Array;
  readonly angle1: Float64Array;
}

function expectTheSame(parameters: object, angles: Angles, dtype: "float32" | "float64") {
  const window = windowOver({ ...angles }, { ...defaults, ...parameters });
  const [plain, fast] = [makeArray(dtype, cellsIn(window)), makeArray(dtype, cellsIn(window))];
  computeBoth("double-pendulum", window, plain, fast);
  if (!sameBytes(plain, fast)) expect.fail(differenceOf(window, plain, fast));
}

const evenly = (from: number, to: number, count: number) =>
  Float64Array.from({ length: count }, (_, k) => from + (k * (to - from)) / count);

test("there is a twin, so that these tests compare two things", () => {
  expect(fastCompute("double-pendulum")).not.toBe(compute);
});

test("over the default angles the twin gives the plain kernel's bits", () => {
  const window = { angle2: evenly(Math.PI, -Math.PI, 29), angle1: evenly(-Math.PI, Math.PI, 31) };
  expectTheSame({}, window, "float64");
  expectTheSame({ duration: 3 }, window, "float32");
});

const angles = fc.array(
  fc.oneof(
    fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    fc.double({ min: -100, max: 100, noNaN: true }),
    fc.constantFrom(0, -0, Math.PI, -Math.PI, 1e9, -1e20, 1e300, Number.NaN, Infinity),
  ),
  { minLength: 1, maxLength: 7 },
);
/** Within the declared bounds, which span the same number of decades for small ones as for large ones. */
const parameter = (name: string) => {
  const { minimum, maximum, default: usual } = declaration.inputs[name] as Bounded;
  const decades = { min: Math.log10(Math.max(minimum, 1e-3)), max: Math.log10(maximum), noNaN: true };
  return fc.oneof(
    fc.constant(usual),
    fc.constant(minimum),
    fc.double(decades).map((exponent) => 10 ** exponent),
  );
};
const physics = fc.record({
  gravity: parameter("gravity"),
  length1: parameter("length1"),
  length2: parameter("length2"),
  mass1: parameter("mass1"),
  mass2: parameter("mass2"),
});
const times = fc
  .record({ timeStep: parameter("timeStep"), steps: fc.double({ min: 0.3, max: 400, noNaN: true }) })
  .map(({ timeStep, steps }) => ({ timeStep, duration: timeStep * steps }));

test("whatever the angles and the parameters are, the twin gives the plain kernel's bits", () => {
  fc.assert(
    fc.property(angles, angles, physics, times, (second, first, physical, temporal) =>
      expectTheSame(
        { ...physical, ...temporal },
        { angle2: Float64Array.from(second), angle1: Float64Array.from(first) },
        "float64",
      ),
    ),
    { numRuns: 200 },
  );
}, 60_000);

test.each([
  [1, 9001],
  [9001, 1],
  [3, 4001],
])("a window of %i x %i, more than the twin's memory holds, is put together from tiles", (rows, columns) => {
  const window = { angle2: evenly(3, -3, rows), angle1: evenly(-3, 3, columns) };
  expectTheSame({ duration: 0.05 }, window, "float32");
});
