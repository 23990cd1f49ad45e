import { expect, test } from "vitest";
import type { JobSpec } from "../../../shared/array/spec.ts";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { checkSpec } from "../../../shared/plan/check-spec.ts";
import { builtIn, resolvedJob, testKernel } from "../../helpers/kernels.ts";

const AXIS = { from: 0, to: 1, count: 6 };
const { spec } = resolvedJob({ kernel: "julia", inputs: { y: AXIS, x: AXIS } });
const [y, x] = spec.axes;
const [value] = spec.values;

test.each<[string, Partial<JobSpec>, RegExp]>([
  ["two arrays of a kernel with one value", { values: [value!, value!] }, /those of julia \(escape_time\)/],
  ["an array of another name", { values: [{ name: "price", dtype: "uint16" }] }, /got "price"/],
  ["an element type that is not the value's", { values: [{ ...value!, dtype: "float32" }] }, /uint16/],
  [
    "an input that is swept twice",
    { axes: [y!, { ...x!, input: "y" }] },
    /another input for each, got "y" twice/,
  ],
  ["a swept input that there is not", { axes: [y!, { ...x!, input: "re" }] }, /inputs of julia .*, got "re"/],
  ["an input that there is not", { parameters: { ...spec.parameters, colour: 1 } }, /got "colour"/],
  ["an input of a hidden name", { parameters: { "\ud800": 1 } }, /^Expected inputs\."\\ud800" to be one of/],
  ["an input that is missing", { parameters: { maxIterations: 9, cRe: 0.1 } }, /inputs\.cIm.*got nothing/],
  ["an input beyond its bounds", { parameters: { ...spec.parameters, cRe: 3 } }, /inputs\.cRe.*from -2 to 2/],
])("a stored spec with %s is refused", (_, change, sentence) => {
  expect(() => checkSpec({ ...spec, ...change }, builtIn("julia"))).toThrow(sentence);
});

test("a stored spec of a former version may say nothing of names and of an axis at its default", () => {
  const { input: _, ...nameless } = x as { input?: string } & typeof x;
  const former = { ...spec, values: [{ dtype: value!.dtype }], axes: [nameless], chunkShape: [6] } as JobSpec;
  expect(() => checkSpec(former, builtIn("julia"))).not.toThrow();
});

test("several values must be those of the kernel, in its order", () => {
  const two = testKernel(
    kernel({
      name: "two",
      inputs: { t: { from: 0, to: 1 } },
      values: { height: {}, speed: {} },
      point: ({ t }) => ({ height: t, speed: 1 }),
    }),
  );
  const job = resolvedJob({ kernel: "two", points: [4] }, "j", two);
  expect(() => checkSpec(job.spec, two)).not.toThrow();
  const swapped = { ...job.spec, values: job.spec.values.toReversed() };
  expect(() => checkSpec(swapped, two)).toThrow(/those of two \(height, speed\), got "speed, height"/);
});
