import { expect, test } from "vitest";
import { kernel, task } from "../../../api/kernel.ts";
import { checkSource } from "../../../shared/kernels/check-declaration.ts";
import { DeclarationSchema } from "../../../shared/kernels/declaration.ts";
import { declare } from "../../../shared/kernels/declare.ts";
import { outlineOf } from "../../../shared/kernels/outline.ts";
import { parse } from "../../../shared/validation/parse.ts";
import { expectSentence } from "../../helpers/sentences.ts";

const price = kernel({
  about: "what an option costs",
  inputs: {
    spot: { about: "price today", unit: "USD", from: 80, to: 120, minimum: 0 },
    rate: { from: 0.001, to: 0.1, scale: "log" },
    depth: { default: 50, integer: true, minimum: 0, maximum: 500 },
    free: { scale: "linear", integer: false },
    mode: { choices: ["call", "put"] },
    early: { flag: true },
    late: { flag: true, about: "at the end", default: true },
    exercise: { choices: ["bermudan", "european"], default: "european" },
  },
  values: {
    price: { unit: "USD", special: { equals: -1, means: "not traded" } },
    steps: { dtype: { countsTo: "depth" } },
    kind: { about: "of which", dtype: "uint16" },
    delta: { dtype: ["float32", "float64"], special: { equals: "depth", means: "none" } },
  },
  onError: "nan",
  point: () => ({ price: 1, steps: 2, kind: 3, delta: 4 }),
});

const DECLARED = {
  about: "what an option costs",
  form: "point",
  inputs: {
    spot: { kind: "number", about: "price today", unit: "USD", from: 80, to: 120, minimum: 0 },
    rate: { kind: "number", about: "", unit: "", from: 0.001, to: 0.1, scale: "log" },
    depth: { kind: "number", about: "", unit: "", default: 50, integer: true, minimum: 0, maximum: 500 },
    free: { kind: "number", about: "", unit: "" },
    mode: { kind: "choice", about: "", choices: ["call", "put"], default: "call" },
    early: { kind: "flag", about: "", default: false },
    late: { kind: "flag", about: "at the end", default: true },
    exercise: { kind: "choice", about: "", choices: ["bermudan", "european"], default: "european" },
  },
  values: [
    {
      ...{ name: "price", about: "", unit: "USD", dtype: ["float64", "float32"] },
      special: { equals: -1, means: "not traded" },
    },
    { name: "steps", about: "", unit: "", dtype: { countsTo: "depth" } },
    { name: "kind", about: "of which", unit: "", dtype: ["uint16"] },
    {
      ...{ name: "delta", about: "", unit: "", dtype: ["float32", "float64"] },
      special: { equals: "depth", means: "none" },
    },
  ],
  onError: "nan",
};

test("a declaration has every default filled in, in the order of the source", () => {
  const { name, declaration } = declare(price, "option");
  expect({ name, declaration }).toEqual({ name: "option", declaration: DECLARED });
  expect(Object.keys(declaration.inputs)).toEqual(Object.keys(price.inputs));
  expect(parse(DeclarationSchema, JSON.parse(JSON.stringify(declaration)), "declaration")).toEqual(DECLARED);
});

test("an outline, which has no code, declares the same", () => {
  const outline = structuredClone(outlineOf(price));
  expect(declare(checkSource(outline, "option.ts"), "option").declaration).toEqual(DECLARED);
});

test("a kernel that fills windows, and a task, are declared as such, under a name of their own", () => {
  const filled = kernel({
    name: "waves",
    inputs: { x: { from: 0, to: 1 } },
    value: { name: "height" },
    fill: () => {},
  });
  expect(declare(filled, "file")).toMatchObject({ name: "waves", declaration: { form: "fill" } });
  const fetched = task({ about: "sizes", task: async (url: string) => url.length });
  const declaration = { about: "sizes", form: "task", inputs: {}, values: [] };
  expect(declare(checkSource(outlineOf(fetched), "sizes.ts"), "sizes")).toEqual({
    name: "sizes",
    declaration,
  });
});

const x = { from: 0, to: 1 };
const point = () => 1;
const good = { kind: "kernel", inputs: { x }, value: { name: "y" }, point };
const withInput = (input: unknown) => ({ ...good, inputs: { x, depth: input } });
const many = (count: number, input: unknown = {}) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`i${index}`, input]));

const recursive: Record<string, unknown> = {};
recursive.x = recursive;

test("what these differ from is no mistake", () => {
  expect(() => checkSource(outlineOf(good), "mine.ts")).not.toThrow();
  expect(() => checkSource(outlineOf(withInput({ default: 3 })), "mine.ts")).not.toThrow();
});

test.each<[mistake: string, exported: unknown, said: string | RegExp]>([
  [
    "no export",
    undefined,
    "Expected the default export of mine.ts to be made by kernel() or task() of manyhands/kernel, got nothing.",
  ],
  ["a number", 3, "got 3."],
  ["null", null, "got null."],
  ["a function", point, "got a function."],
  ["not made by kernel()", { inputs: { x } }, 'got {"inputs":{"x":{"from":0,"to":1}}}.'],
  ["another kind", { ...good, kind: "plot" }, "the default export of mine.ts"],
  ["an unknown field", { ...good, vlaue: 3 }, "Expected mine.ts to be without unknown fields, got vlaue."],
  ["a misspelt field of an input", withInput({ minimun: 3 }), "got inputs.depth.minimun."],
  ["inputs as a list", { ...good, inputs: [x] }, "mine.ts inputs"],
  ["no inputs", { ...good, inputs: {} }, "Expected mine.ts inputs to be at least one, got none."],
  ["inputs absent", { ...good, inputs: undefined }, "mine.ts inputs"],
  ["21 inputs", { ...good, inputs: many(21) }, "Expected mine.ts inputs to be at most 20 inputs, got 21."],
  ["seven swept inputs", { ...good, inputs: many(7, x) }, "got 7 such inputs."],
  ["a name with a hyphen", { ...good, inputs: { "a-b": x } }, 'got "a-b".'],
  ["a capital first", { ...good, inputs: { Spot: x } }, 'got "Spot".'],
  ["a name with invisible characters", { ...good, inputs: { "a\u202e": x } }, 'got "a\\u202e".'],
  ["a reserved name", { ...good, inputs: { out: x } }, 'got "out", which is reserved.'],
  ["a name that turns an option off", { ...good, inputs: { noPlots: x } }, "noPlots"],
  ["a name of every object", { ...good, inputs: { x, constructor: x } }, "constructor"],
  [
    "a value with such a name",
    { ...good, value: undefined, values: { y: {}, constructor: {} } },
    "constructor",
  ],
  ["inputs alike", { ...good, inputs: { spotPrice: x, spotprice: x } }, "got spotPrice and spotprice."],
  ["a text for a number", withInput({ default: "3" }), "mine.ts inputs.depth.default"],
  [
    "infinity",
    withInput({ maximum: Number.POSITIVE_INFINITY }),
    "Expected mine.ts inputs.depth.maximum to be a finite number",
  ],
  ["a long about", withInput({ about: "a".repeat(201) }), "at most 200 characters"],
  [
    "a default below",
    withInput({ default: 1, minimum: 2 }),
    "Expected mine.ts inputs.depth.default to be at least 2, got 1.",
  ],
  [
    "a default above",
    withInput({ default: 9, maximum: 3 }),
    "Expected mine.ts inputs.depth.default to be at most 3, got 9.",
  ],
  ["a default outside", withInput({ default: 9, minimum: 2, maximum: 3 }), "to be from 2 to 3, got 9."],
  [
    "from outside",
    withInput({ from: 1, to: 3, minimum: 2 }),
    "Expected mine.ts inputs.depth.from to be at least 2, got 1.",
  ],
  [
    "to outside",
    withInput({ from: 2, to: 4, maximum: 3 }),
    "Expected mine.ts inputs.depth.to to be at most 3, got 4.",
  ],
  [
    "bounds the wrong way",
    withInput({ minimum: 3, maximum: 2 }),
    "Expected mine.ts inputs.depth.minimum to be at most 2, got 3.",
  ],
  [
    "half an integer",
    withInput({ default: 1.5, integer: true }),
    "Expected mine.ts inputs.depth.default to be a whole number, since integer is true, got 1.5.",
  ],
  ["half a bound", withInput({ minimum: 0.5, integer: true }), "inputs.depth.minimum"],
  [
    "from without to",
    withInput({ from: 1 }),
    "Expected mine.ts inputs.depth to be with both from and to, or neither, got from.",
  ],
  ["to without from", withInput({ to: 1 }), "or neither, got to."],
  [
    "from = to",
    withInput({ from: 1, to: 1 }),
    "Expected mine.ts inputs.depth.to to be another number than from, got 1.",
  ],
  [
    "log from 0",
    withInput({ from: 0, to: 1, scale: "log" }),
    "Expected mine.ts inputs.depth.from to be above 0 on a logarithmic scale, got 0.",
  ],
  ["log to a negative", withInput({ from: 1, to: -1, scale: "log" }), "inputs.depth.to"],
  ["another scale", withInput({ from: 1, to: 2, scale: "sqrt" }), 'to be one of linear, log, got "sqrt".'],
  ["no choices", withInput({ choices: [] }), "Expected mine.ts inputs.depth.choices to be at least one word"],
  [
    "a choice twice",
    withInput({ choices: ["a", "b", "a"] }),
    'Expected mine.ts inputs.depth.choices to be different words, got "a" twice.',
  ],
  ["a choice with a comma", withInput({ choices: ["a,b"] }), "mine.ts inputs.depth.choices.0"],
  [
    "a default that is no choice",
    withInput({ choices: ["a", "b"], default: "c" }),
    'Expected mine.ts inputs.depth.default to be one of "a", "b", got "c".',
  ],
  ["a flag that is false", withInput({ flag: false }), "mine.ts inputs.depth.flag"],
  ["a flag of another default", withInput({ flag: true, default: 1 }), "mine.ts inputs.depth.default"],
  ["a function for a number", withInput({ default: () => 3 }), "mine.ts inputs.depth.default"],
  ["a bigint", withInput({ default: 3n }), 'got "3".'],
  ["what has itself in it", { ...good, inputs: recursive }, "got inputs.x.x."],
  ["an input that is no object", withInput(3), "mine.ts inputs.depth"],
  [
    "no value",
    { ...good, value: undefined },
    'Expected mine.ts value to be given, got nothing. Such as `value: { name: "height", unit: "m" }`, or several in `values`.',
  ],
  ["no values", { ...good, value: undefined, values: {} }, "mine.ts value to be given, got nothing."],
  [
    "value and values",
    { ...good, values: { z: {} } },
    "Expected mine.ts to be with either value or values, got both of them.",
  ],
  ["a value without a name", { ...good, value: {} }, "mine.ts value.name"],
  ["a value that is no variable", { ...good, value: { name: "Escape time" } }, 'got "Escape time".'],
  ["a value named as an input", { ...good, value: { name: "x" } }, "got x and x."],
  ["17 values", { ...good, value: undefined, values: many(17) }, "at most 16 values"],
  ["an unknown dtype", { ...good, value: { name: "y", dtype: "int8" } }, "mine.ts value.dtype"],
  [
    "an unknown dtype in a list",
    { ...good, value: { name: "y", dtype: ["float64", "int8"] } },
    "mine.ts value.dtype.1",
  ],
  ["no dtype", { ...good, value: { name: "y", dtype: [] } }, "mine.ts value.dtype"],
  [
    "a count to what is no input",
    { ...good, value: { name: "y", dtype: { countsTo: "toString" } } },
    'Expected mine.ts y.dtype.countsTo to be a whole-number input with a minimum of 0 or more, got "toString".',
  ],
  [
    "a special value of what is no number",
    { ...good, value: { name: "y", special: { equals: "toString", means: "never" } } },
    'Expected mine.ts y.special.equals to be a number or the name of an input that is one, got "toString".',
  ],
  [
    "a special value without a word",
    { ...good, value: { name: "y", special: { equals: 1, means: "" } } },
    "a word",
  ],
  ["a count to a fraction", { ...good, value: { name: "y", dtype: { countsTo: "x" } } }, 'got "x".'],
  [
    "a count to what may be negative",
    { ...withInput({ default: 3, integer: true }), value: { name: "y", dtype: { countsTo: "depth" } } },
    'got "depth".',
  ],
  [
    "point and fill",
    { ...good, fill: () => {} },
    "Expected mine.ts to be with either point or fill, got both.",
  ],
  ["neither point nor fill", { ...good, point: undefined }, "got neither of them."],
  [
    "a point that is a number",
    { ...good, point: 3 },
    "Expected mine.ts point to be a function that is done when it returns, got 3.",
  ],
  [
    "a point that waits",
    { ...good, point: async () => 1 },
    "mine.ts point to be a function that is done when it returns, got AsyncFunction.",
  ],
  ["a point that yields", { ...good, *point() {} }, "mine.ts point"],
  [
    "a fill with nothing swept",
    { ...good, inputs: { a: { default: 3 } }, point: undefined, fill: () => {} },
    "got none that has both.",
  ],
  [
    "a fill with onError",
    { ...good, point: undefined, fill: () => {}, onError: "nan" },
    "Expected mine.ts onError to be absent",
  ],
  ["another onError", { ...good, onError: "skip" }, "mine.ts onError"],
  ["another name", { ...good, name: "My kernel" }, "mine.ts name"],
  ["a long name", { ...good, name: "a".repeat(41) }, "mine.ts name"],
  ["a task without a function", { kind: "task" }, "mine.ts task"],
  ["a task with inputs", { kind: "task", task: async () => 1, inputs: {} }, "got inputs."],
])("%s: a sentence that names the field", (_, exported, said) => {
  const outline = outlineOf(exported);
  expect(() => checkSource(outline, "mine.ts")).toThrow(said);
  try {
    checkSource(outline, "mine.ts");
  } catch (error) {
    expectSentence(error);
    expect(error).toMatchObject({ name: "InvalidInputError", permanent: true });
  }
});
