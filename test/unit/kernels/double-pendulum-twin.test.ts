import fc from "fast-check";
import { expect, test } from "vitest";
import { doublePendulum } from "../../../shared/kernels/double-pendulum.ts";
import { makeArray, type Window } from "../../../shared/kernels/kernel.ts";
import { sameBytes } from "../../helpers/arrays.ts";
import { fastCompute } from "../../helpers/fast.ts";

const defaults = Object.fromEntries(
  Object.entries(doublePendulum.parameters).map(([name, spec]) => [name, spec.default]),
) as Parameters<typeof doublePendulum.compute>[0];

function expectTheSame(parameters: Partial<typeof defaults>, window: Window, dtype: "float32" | "float64") {
  const cells = window.y.length * window.x.length;
  const [plain, fast] = [makeArray(dtype, cells), makeArray(dtype, cells)];
  doublePendulum.compute({ ...defaults, ...parameters }, window, plain);
  fastCompute(doublePendulum)({ ...defaults, ...parameters }, window, fast);
  if (sameBytes(plain, fast)) return;
  const cell = plain.findIndex((value, k) => !Object.is(value, fast[k]));
  const at = [window.y[Math.floor(cell / window.x.length)], window.x[cell % window.x.length]];
  expect.fail(`cell ${cell}, [y, x] = [${at}]: plain ${plain[cell]}, fast ${fast[cell]}`);
}

const evenly = (from: number, to: number, count: number) =>
  Float64Array.from({ length: count }, (_, k) => from + (k * (to - from)) / count);

test("there is a twin, so that these tests compare two things", () => {
  expect(fastCompute(doublePendulum)).not.toBe(doublePendulum.compute);
});

test("over the default angles the twin gives the plain kernel's bits", () => {
  const window = { y: evenly(Math.PI, -Math.PI, 29), x: evenly(-Math.PI, Math.PI, 31) };
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
const parameter = (name: keyof typeof defaults) => {
  const { minimum, maximum, default: usual } = doublePendulum.parameters[name];
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
    fc.property(angles, angles, physics, times, (y, x, physical, temporal) =>
      expectTheSame(
        { ...physical, ...temporal },
        { y: Float64Array.from(y), x: Float64Array.from(x) },
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
  const window = { y: evenly(3, -3, rows), x: evenly(-3, 3, columns) };
  expectTheSame({ duration: 0.05 }, window, "float32");
});
