import { expect, test } from "vitest";
import { readLedger } from "../../../functions/aggregator/aggregate.ts";
import { lengthOf } from "../../../shared/array/grid.ts";
import type { ArraySpec } from "../../../shared/array/spec.ts";
import { decodeChunk } from "../../../shared/array/zarr-array.ts";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { StoredJobSchema } from "../../../shared/record/job.ts";
import { findChunk } from "../../../shared/record/stored-chunk.ts";
import { SummarySchema } from "../../../shared/record/summary.ts";
import { parse } from "../../../shared/validation/parse.ts";
import { storedArrays } from "../../helpers/arrays.ts";
import { testKernel } from "../../helpers/kernels.ts";
import { idleCheck, Stages } from "../../helpers/stages.ts";

/** Two values over a range, a range in steps of a ratio, and a list of words. */
const waves = testKernel(
  kernel({
    name: "waves",
    inputs: {
      time: { about: "time since the start", unit: "s", from: 0, to: 2 },
      rate: { from: 0.01, to: 1, scale: "log" },
      form: { choices: ["square", "saw", "flat"] },
      speed: { default: 3 },
      damped: { flag: true },
    },
    values: { height: { unit: "m" }, periods: { dtype: "uint16" } },
    point: ({ time, rate, form, speed, damped }) => ({
      height: (form === "saw" ? time % 1 : 0.5) * speed * rate - (damped ? time : 0),
      periods: form === "flat" ? 0 : Math.floor(time / rate),
    }),
  }),
);
const REQUEST = {
  kernel: "waves",
  requestId: "j",
  inputs: { time: { count: 5 }, rate: { count: 4 }, form: ["saw", "flat"], speed: 2, damped: true },
  ...{ chunk: [2, 3, 1], chunksPerMessage: 1, output: { plots: false } },
};
const CHUNKS = 3 * 2 * 2;

async function submitted(output: object = {}) {
  const stages = new Stages([waves]);
  await stages.split({ ...REQUEST, output: { plots: false, ...output } });
  const job = parse(StoredJobSchema, stages.store.json("jobs/j/job.json"), "job.json");
  return { stages, store: stages.store, job };
}

/** What the two values are, by three loops over coordinates that are written down here. */
function naive() {
  const [height, periods]: number[][] = [[], []];
  for (const time of [0, 0.4, 0.8, 1.2000000000000002, 1.6])
    for (const rate of [0.01, 0.01 * 10 ** 0.5, 0.1, 0.1 * 10 ** 0.5])
      for (const form of ["saw", "flat"]) {
        height?.push((form === "saw" ? time % 1 : 0.5) * 2 * rate - time);
        periods?.push(form === "flat" ? 0 : Math.floor(time / rate));
      }
  return { height: height ?? [], periods: periods ?? [] };
}

test("a job with three axes and two values stores what three loops give", async () => {
  const { stages, store } = await submitted();
  const summary = await stages.runToEnd();
  const [height, periods] = await storedArrays(store, "j");
  const expected = naive();
  expect(periods).toEqual(Uint16Array.from(expected.periods));
  for (const [k, value] of expected.height.entries()) expect(height![k]).toBeCloseTo(value, 14);
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
  expect(summary).toMatchObject({
    state: "complete",
    shape: [5, 4, 2],
    chunks: { total: CHUNKS, done: CHUNKS },
  });
  expect(summary?.sum).toBeCloseTo(sum(expected.height), 10);
  expect(summary?.values?.map(({ name }) => name)).toEqual(["height", "periods"]);
  expect(summary?.values?.[1]).toMatchObject({
    ...{ sum: sum(expected.periods), min: 0, max: Math.max(...expected.periods), nonFinite: 0 },
  });
  expect(parse(SummarySchema, store.json("jobs/j/summary.json"), "summary")).toEqual(summary);
});

test("the group has an array a value and one an axis, with their names and units, and a chunk a value", async () => {
  const { stages, store, job } = await submitted();
  await stages.runToEnd();
  const { attributes, consolidated_metadata } = store.json("jobs/j/array/zarr.json");
  expect(attributes).toMatchObject({ kernel: "waves", speed: 2, damped: 1, manyhands_job: "j" });
  const { metadata } = consolidated_metadata;
  expect(Object.keys(metadata)).toEqual(["height", "periods", "time", "rate", "form"]);
  for (const [name, document] of Object.entries(metadata))
    expect(store.json(`jobs/j/array/${name}/zarr.json`)).toEqual(document);
  const described = { data_type: "float64", shape: [5, 4, 2], dimension_names: ["time", "rate", "form"] };
  expect(metadata.height).toMatchObject({ ...described, attributes: { long_name: "height", units: "m" } });
  expect(metadata.periods).toMatchObject({ ...described, data_type: "uint16", fill_value: 65_535 });
  expect(metadata.time.attributes).toEqual({ long_name: "time since the start", units: "s" });
  expect(metadata.form.attributes).toMatchObject({ flag_values: [0, 1], flag_meanings: "saw flat" });
  const [time, rate, form] = ["time", "rate", "form"].map((name, k) => {
    const axis = job.spec.axes[k]!;
    const spec: ArraySpec = { axes: [axis], dtype: "float64", chunkShape: [lengthOf(axis)], codec: "zstd" };
    return [...decodeChunk(spec, 0, store.objects.get(`jobs/j/array/${name}/c/0`)!)];
  });
  expect(time).toEqual([0, 0.4, 0.8, 1.2000000000000002, 1.6]);
  for (const [k, value] of [0.01, 0.01 * 10 ** 0.5, 0.1, 0.1 * 10 ** 0.5].entries())
    expect(rate![k]).toBeCloseTo(value, 15);
  expect(form).toEqual([0, 1]);
  for (const name of ["height", "periods"])
    expect([...store.objects.keys()].filter((key) => key.startsWith(`jobs/j/array/${name}/c/`))).toHaveLength(
      CHUNKS,
    );
});

test("an export a value", async () => {
  const { stages, store } = await submitted({ npy: true });
  await stages.runToEnd();
  const files = [...store.objects.keys()].filter((key) => key.endsWith(".npy"));
  expect(files).toEqual(["jobs/j/result-height.npy", "jobs/j/result-periods.npy"]);
  const npy = Buffer.from(store.objects.get("jobs/j/result-periods.npy")!);
  expect(npy.subarray(10, 128).toString()).toContain("'shape': (5, 4, 2)");
  expect(new Uint16Array(Uint8Array.from(npy.subarray(128)).buffer)).toEqual(
    Uint16Array.from(naive().periods),
  );
});

test.each([
  ["where it is asked for", { at: { form: "saw" } }, 0],
  ["in its middle", {}, 1],
])("pictures show the first two axes, the third one %s", async (_, output, form) => {
  const { stages, store, job } = await submitted(output);
  await stages.runToEnd();
  const [height, periods] = (await readLedger(job, store)).values.map(({ overview }) => overview);
  expect(height).toMatchObject({ rows: 5, columns: 4 });
  const expected = naive();
  const cut = (values: readonly number[]) => values.filter((_, cell) => cell % 2 === form);
  expect([...periods!.values]).toEqual(cut(expected.periods));
  for (const [k, value] of cut(expected.height).entries()) expect(height!.values[k]).toBeCloseTo(value, 14);
});

test("a chunk that lacks one value's object, or whose one value is damaged, is missing, and computed again", async () => {
  const { stages, store, job } = await submitted();
  await stages.runToEnd();
  const before = await storedArrays(store, "j");
  store.objects.delete("jobs/j/array/periods/c/0/1/0");
  store.objects.set("jobs/j/array/height/c/2/1/1", new Uint8Array(9));
  expect(await findChunk(store, job, 2)).toBeUndefined();
  expect(await stages.split({ kind: "resume", jobId: "j" })).toMatchObject({ chunks: 2 });
  expect(await stages.runToEnd()).toMatchObject({ state: "complete", round: 1 });
  expect(await storedArrays(store, "j")).toEqual(before);
});

test("a report that lacks a value is none: a check reads the stored chunk instead", async () => {
  const { stages, store } = await submitted();
  for (const body of stages.chunks.take()) await stages.work(body);
  const reports = stages.results.take().map((body) => JSON.parse(body));
  const { others, ...lacking } = reports[0].chunks[0];
  expect(others).toHaveLength(1);
  reports[0].chunks = [lacking];
  for (const report of reports) expect(await stages.aggregate(JSON.stringify(report))).toBeUndefined();
  const finished = await stages.aggregate(idleCheck("j"));
  expect(finished?.summary).toMatchObject({ state: "complete", unknownTimes: 1 });
  const periods = naive().periods.reduce((total, value) => total + value, 0);
  expect(parse(SummarySchema, store.json("jobs/j/summary.json"), "summary").values?.[1]?.sum).toBe(periods);
});

test("a choice and a flag are axes too, and the input that is swept by default may be held fixed", async () => {
  const stages = new Stages([waves]);
  const inputs = { time: 1.5, rate: 0.5, form: ["flat", "saw", "square"], damped: [true, false] };
  await stages.split({ kernel: "waves", requestId: "j", inputs, output: { plots: false } });
  await stages.runToEnd();
  const [height] = await storedArrays(stages.store, "j");
  expect(height).toEqual(Float64Array.of(0.75 - 1.5, 0.75, 0.75 - 1.5, 0.75, 0.75 - 1.5, 0.75));
});
