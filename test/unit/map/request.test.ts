import { expect, test } from "vitest";
import { layoutOf } from "../../../shared/array/layout.ts";
import { checkSpec } from "../../../shared/plan/check-spec.ts";
import { expectToFit } from "../../../shared/plan/fit.ts";
import { planRound } from "../../../shared/plan/plan.ts";
import { DEFAULT_WORKERS } from "../../../shared/plan/workers.ts";
import { StoredJobSchema } from "../../../shared/record/job.ts";
import { parse } from "../../../shared/validation/parse.ts";
import { builtIn, resolvedJob } from "../../helpers/kernels.ts";
import { mapRequest, taskKernel } from "../../helpers/map.ts";

const task = taskKernel(() => 0);
const resolved = (request: object) => resolvedJob(request, "j", task);

test("a job of items has one axis, no value, and a shard for a chunk", () => {
  const { spec, chunksPerMessage } = resolved(mapRequest(8));
  expect(spec).toMatchObject({
    ...{ values: [], parameters: {}, chunkShape: [3], codec: "none" },
    axes: [{ input: "item", rule: "index", from: 0, step: 1, count: 8 }],
  });
  expect(layoutOf(spec).total).toBe(3);
  expect(chunksPerMessage).toBe(1);
  expect(resolved(mapRequest(2)).spec.chunkShape).toEqual([2]);
});

test.each([
  ["no items", { items: undefined }, 'one that fills an array, got "task", a task. `manyhands map'],
  ["inputs", { inputs: { x: 1 } }, "job request inputs to be left out for a task"],
  ["a chunk shape", { chunk: [4] }, "job request chunk to be left out for a task"],
  ["an array", { output: { npy: true } }, "job request output.npy to be left out for a task"],
])("a request for a task with %s is refused", (_, more, sentence) => {
  expect(() => resolved({ ...mapRequest(8), ...more })).toThrow(sentence);
});

test("items for a kernel that is no task are refused", () => {
  expect(() => resolved({ ...mapRequest(8), kernel: "mandelbrot" })).toThrow(
    "to be a task, where there are items",
  );
});

test("a stored job of items is no job of a kernel, nor the other way round", () => {
  const { spec } = resolved(mapRequest(8));
  expect(() => checkSpec(spec, task)).not.toThrow();
  expect(() => checkSpec({ ...spec }, builtIn("mandelbrot"))).toThrow("a task, for a job of items");
  expect(() => checkSpec(resolvedJob({ kernel: "mandelbrot" }).spec, task)).toThrow(
    "one that fills an array",
  );
  const axes = [...spec.axes, ...spec.axes];
  expect(() => checkSpec({ ...spec, axes, chunkShape: [3, 3] }, task)).toThrow(
    "that of the items, got 2 axes",
  );
});

test("a job.json has either values or items", () => {
  const { spec, items, ...job } = resolved(mapRequest(8));
  const read = (more: object) => parse(StoredJobSchema, { ...job, submittedAtMs: 0, ...more }, "job.json");
  expect(read({ spec, items }).items).toEqual(items);
  expect(() => read({ spec })).toThrow("spec.values to be a list of at least one value");
  const values = [{ name: "a", dtype: "float64" }];
  expect(() => read({ items, spec: { ...spec, values } })).toThrow("spec.values to be a list of none");
});

test("an item's time must fit the worker's, a shard's need not", () => {
  const planned = (seconds: number) =>
    planRound(resolved(mapRequest(3000, { items: { seconds, perShard: 1000 } })), task, {
      workers: DEFAULT_WORKERS,
    });
  expect(() => expectToFit(planned(50))).not.toThrow();
  expect(() => expectToFit(planned(51))).toThrow(
    "items.seconds to be at most 50, within the worker's timeout of 60 s, got 51.",
  );
  expect(planned(30).figures).toMatchObject({ chunks: 3, messages: 3, bytes: { array: 0 } });
});
