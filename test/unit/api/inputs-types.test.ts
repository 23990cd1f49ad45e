/** What tsc says of calls of the library: a line that must not compile has `@ts-expect-error`, so `npm run check` fails where it does. */
import { kernel, task } from "manyhands/kernel";
import { expect, test } from "vitest";
import type { Job, JobArray, MapJob, ResultOf } from "../../../api/index.ts";
import { map, run } from "../../../api/index.ts";

const spot = kernel({
  inputs: {
    spot: { unit: "USD", from: 80, to: 120 },
    depth: { default: 50, integer: true },
    method: { choices: ["euler", "rk4"] },
    early: { flag: true },
  },
  value: { name: "price" },
  point: ({ spot, depth }) => spot * depth,
});
const both = kernel({
  inputs: { x: { from: 0, to: 1 }, must: { unit: "s" } },
  values: { mean: {}, spread: { dtype: "float32" } },
  point: ({ x }) => ({ mean: x, spread: 1 }),
});
const size = task({ task: async ({ url }: { readonly url: string }) => url.length });

/** Nothing is called: only the types count. */
const typed = (_: () => unknown) => {};

test("an input takes its values, a list of them, or a range", () => {
  typed(() => run(spot, { spot: { from: 80, to: 120 }, depth: 50, method: ["euler", "rk4"] }));
  typed(() => run(spot, { spot: [80, 90], depth: { count: 3, from: 1, to: 4 }, early: [true, false] }));
  typed(() => run(spot, { spot: { count: 10 }, method: "rk4" }, { engine: "local", points: [400, 300] }));
  typed(() => run(spot));
  // @ts-expect-error: spott is no input
  typed(() => run(spot, { spott: 1 }));
  // @ts-expect-error: heun is no choice
  typed(() => run(spot, { method: "heun" }));
  // @ts-expect-error: heun is no choice
  typed(() => run(spot, { method: ["euler", "heun"] }));
  // @ts-expect-error: text is no number
  typed(() => run(spot, { spot: "80" }));
  // @ts-expect-error: words have no range
  typed(() => run(spot, { method: { from: 1, to: 2 } }));
  // @ts-expect-error: tto is no end of a range
  typed(() => run(spot, { spot: { from: 1, tto: 2 } }));
  // @ts-expect-error: must has no default
  typed(() => run(both, { x: 1 }));
  typed(() => run(both, { must: 1 }));
});

test("a misspelt option, engine or place is an error", () => {
  // @ts-expect-error: workrs is no option
  typed(() => run(spot, {}, { workrs: 2 }));
  // @ts-expect-error: lambda is no engine
  typed(() => run(spot, {}, { engine: "lambda" }));
  // @ts-expect-error: rate is no input
  typed(() => run(spot, {}, { at: { rate: 2 } }));
  // @ts-expect-error: text is no number
  typed(() => run("./spot.ts", {}, { workers: "2" }));
  // @ts-expect-error: a task is mapped
  typed(() => run(size));
  typed(() => run({ request: "./job.json", engine: "serial" }));
  // @ts-expect-error: the request says the points
  typed(() => run({ request: "./job.json", points: [2] }));
  typed(() => run("./spot.ts", { anything: [1, 2], word: "a" }, { workers: undefined }));
});

test("a result has an array, or one for each of several values", () => {
  typed(async () => (await run(spot)).array satisfies JobArray);
  typed(async () => (await run(both, { must: 1 })).arrays.spread satisfies JobArray);
  // @ts-expect-error: it has mean and spread
  typed(async () => (await run(both, { must: 1 })).array);
  // @ts-expect-error: variance is no value
  typed(async () => (await run(both, { must: 1 })).arrays.variance);
  const same: (job: Job<ResultOf<typeof both>>) => Job<{ readonly arrays: { readonly mean: JobArray } }> = (
    job,
  ) => job;
  expect(same).toBeTypeOf("function");
});

test("items are what the task takes, and values what it gives", () => {
  typed(() => map(size, [{ url: "a" }]) satisfies MapJob<number>);
  typed(() => map(size, "./items.jsonl", { concurrency: 8, itemSeconds: 10 }));
  // @ts-expect-error: an item has a url
  typed(() => map(size, [{ uri: "a" }]));
  // @ts-expect-error: a kernel fills an array
  typed(() => map(spot, []));
  typed(async () => {
    for await (const { value, error } of map(size, [])) if (error === undefined) value satisfies number;
  });
  expect(size.kind).toBe("task");
});
