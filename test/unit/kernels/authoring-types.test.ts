/** What tsc says of a kernel's file: a line that must not compile has `@ts-expect-error`, so `npm run check` fails where it does. */
import { kernel, task } from "manyhands/kernel";
import { expect, test } from "vitest";

const inputs = {
  spot: { unit: "USD", from: 80, to: 120 },
  depth: { default: 50, integer: true, minimum: 0 },
  mode: { choices: ["call", "put"] },
  early: { flag: true },
} as const;
const value = { name: "price" } as const;

test("a point gets numbers, the choices' words and true or false, and gives a number", () => {
  const { point } = kernel({
    inputs,
    value,
    point: ({ spot, depth, mode, early }, { random }) => {
      const exact: number = spot + depth + random();
      const word: "call" | "put" = mode;
      return early && word === "put" ? exact : -exact;
    },
  });
  expect(point({ spot: 1, depth: 2, mode: "put", early: true }, { random: () => 3 })).toBe(6);
});

test("what is written within kernel() is typed as well as a constant is", () => {
  const { point } = kernel({
    inputs: { x: { from: 0, to: 1 }, side: { choices: ["left", "right"] } },
    values: { count: { dtype: ["uint32", "uint16"] }, mean: { dtype: "float64", unit: "s" } },
    point: ({ x, side }) => ({ count: side === "left" ? 1 : 2, mean: x }),
  });
  expect(point({ x: 0.5, side: "left" }, { random: () => 0 })).toEqual({ count: 1, mean: 0.5 });
});

test("a fill gets coordinates for what is swept, and an array a value", () => {
  const one = kernel({
    inputs,
    value,
    fill({ spot, depth }, out, { randomAt }) {
      for (const [cell, x] of spot.entries()) out[cell] = x * depth + randomAt(cell)();
    },
  });
  const several = kernel({
    inputs: { x: { from: 0, to: 1 }, factor: { default: 2 } },
    values: { once: {}, twice: {} },
    fill({ x, factor }, { once, twice }) {
      once.set(x);
      twice.set(x.map((each) => each * factor));
    },
  });
  const out = new Float64Array(2);
  const tools = { randomAt: () => () => 1 };
  one.fill({ spot: Float64Array.of(1, 2), depth: 3, mode: "put", early: false }, out, tools);
  expect(out).toEqual(Float64Array.of(4, 7));
  const both = { once: new Float64Array(1), twice: new Float32Array(1) };
  several.fill({ x: Float64Array.of(3), factor: 2 }, both, tools);
  expect(both).toEqual({ once: Float64Array.of(3), twice: Float32Array.of(6) });
});

test("a count is bounded by an input that exists", () => {
  kernel({ inputs, value: { name: "count", dtype: { countsTo: "depth" } }, point: () => 1 });
  kernel({ inputs, values: { count: { dtype: { countsTo: "depth" } } }, point: () => ({ count: 1 }) });
  // @ts-expect-error: dept is no input
  kernel({ inputs, value: { name: "count", dtype: { countsTo: "dept" } }, point: () => 1 });
  // @ts-expect-error: dept is no input
  kernel({ inputs, values: { count: { dtype: { countsTo: "dept" } } }, point: () => ({ count: 1 }) });
  kernel({ inputs, value: { name: "count", special: { equals: "depth", means: "never" } }, point: () => 1 });
  // @ts-expect-error: dept is no input
  kernel({ inputs, value: { name: "count", special: { equals: "dept", means: "never" } }, point: () => 1 });
  // @ts-expect-error: int8 is no element type
  expect(kernel({ inputs, value: { name: "count", dtype: "int8" }, point: () => 1 }).kind).toBe("kernel");
});

test("a misspelt input, choice or value is an error", () => {
  // @ts-expect-error: spott is no input
  kernel({ inputs, value, point: ({ spott }) => spott });
  // @ts-expect-error: puts is no choice
  kernel({ inputs, value, point: ({ mode }) => (mode === "puts" ? 1 : 2) });
  // @ts-expect-error: the default is none of the choices
  kernel({ inputs: { mode: { choices: ["a", "b"], default: "c" } }, value, point: () => 1 });
  // @ts-expect-error: delta is missing
  kernel({ inputs, values: { price: {}, delta: {} }, point: ({ spot }) => ({ price: spot }) });
  // @ts-expect-error: gamma is no value
  kernel({ inputs, values: { price: {}, delta: {} }, fill: (_, { gamma }) => gamma.fill(0) });
  // @ts-expect-error: minimun is no field
  kernel({ inputs: { spot: { minimun: 3 } }, value, point: () => 1 });
  // @ts-expect-error: a value has a name
  expect(kernel({ inputs, value: { unit: "USD" }, point: () => 1 }).kind).toBe("kernel");
});

test("point or fill, value or values: one of each", () => {
  // @ts-expect-error: point and fill
  kernel({ inputs, value, point: () => 1, fill: () => {} });
  // @ts-expect-error: neither of them
  kernel({ inputs, value });
  // @ts-expect-error: value and values
  kernel({ inputs, value, values: { price: {} }, point: () => 1 });
  // @ts-expect-error: neither of them
  kernel({ inputs, point: () => 1 });
  // @ts-expect-error: text is no number
  kernel({ inputs, value, point: ({ mode }) => mode });
  // @ts-expect-error: a point cannot wait
  expect(kernel({ inputs, value, point: async ({ spot }) => spot }).kind).toBe("kernel");
});

test("a task takes an item of JSON and gives one, at once or later", async () => {
  const { task: run } = task({ task: async (url: string, { signal }) => [url, signal.aborted] });
  const tools = { random: () => 0, signal: new AbortController().signal };
  expect(await run("a", tools)).toEqual(["a", false]);
  expect(task({ task: ({ id }: { id: number }) => ({ id }) }).task({ id: 1 }, tools)).toEqual({ id: 1 });
  // @ts-expect-error: a date is no JSON
  task({ task: (text: string) => new Date(text) });
});
