import { expect, test } from "vitest";
import * as zarr from "zarrita";
import packageJson from "../../../package.json" with { type: "json" };
import { coordinates, lengthOf } from "../../../shared/array/grid.ts";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { INPUT_NAME } from "../../../shared/kernels/declaration.ts";
import { declare } from "../../../shared/kernels/declare.ts";
import { VARIABLE_NAME } from "../../../shared/validation/variable-name.ts";
import { KERNELS } from "../../fixtures/registry.ts";
import { builtIn, testKernel } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

const DECLARED = [...KERNELS.values()].map((source) => declare(source, source.name));

test("every kernel's values and inputs have names of their own that xarray and NetCDF take", () => {
  for (const { name, declaration } of DECLARED) {
    const values = declaration.values.map((value) => value.name);
    const names = [...values, ...Object.keys(declaration.inputs)];
    expect(new Set(names.map((each) => each.toLowerCase())).size, name).toBe(names.length);
    for (const value of values) expect(value, name).toMatch(new RegExp(`^${VARIABLE_NAME}$`));
    for (const input of Object.keys(declaration.inputs))
      expect(input, name).toMatch(new RegExp(`^${INPUT_NAME}$`));
  }
});

/** What the splitter stored of job `j`. */
async function begun(kernel: string, request: object = {}) {
  const stages = new Stages();
  await stages.split({ kernel, requestId: "j", ...request });
  const { store } = stages;
  return { store, spec: store.json("jobs/j/job.json").spec };
}

test("no unit is one that xarray takes for a duration or a date, and turns numbers into", () => {
  const units = DECLARED.flatMap(({ declaration: { inputs, values } }) =>
    [...values, ...Object.values(inputs)].map((each) => ("unit" in each ? each.unit : "")),
  );
  const times = /^((nano|micro|milli)?second|minute|hour|day)s$|\bsince\b/;
  expect(units.filter((unit) => times.test(unit))).toEqual([]);
});

const AXES = [
  { from: 1.3, to: -1.3, step: -0.1, rule: "accumulate" },
  { from: -2, to: 1, count: 31, rule: "index" },
];

test.each([
  ["mandelbrot, two axes", "mandelbrot", AXES, ["y", "x"], { long_name: "Re c" }],
  ["julia, one axis", "julia", AXES.slice(0, 1), ["x"], { long_name: "Re z" }],
  [
    "double-pendulum, two axes",
    "double-pendulum",
    AXES,
    ["angle2", "angle1"],
    { long_name: "first angle", units: "rad" },
  ],
])(
  "%s: the coordinates are the kernel's, under the names of its inputs",
  async (_, kernel, axes, names, x) => {
    const { store, spec } = await begun(kernel, { grid: { axes } });
    const group = zarr.root({ get: (key) => store.get(`jobs/j/array${key}`) } as zarr.AsyncReadable);
    for (const [k, name] of names.entries()) {
      const array = await zarr.open(group.resolve(name), { kind: "array" });
      expect((await zarr.get(array)).data).toEqual(coordinates(spec.axes[k], 0, lengthOf(spec.axes[k])));
      expect(array.dimensionNames).toEqual([name]);
      if (name === names.at(-1)) expect(array.attrs).toEqual(x);
    }
    const values = await zarr.open(group.resolve(spec.values[0].name), { kind: "array" });
    expect(values.dimensionNames).toEqual(names);
  },
);

test("the group's metadata hold those of its arrays, as they lie beside them", async () => {
  const { store } = await begun("mandelbrot");
  const { metadata, ...consolidated } = store.json("jobs/j/array/zarr.json").consolidated_metadata;
  expect(consolidated).toEqual({ kind: "inline", must_understand: false });
  expect(Object.keys(metadata)).toEqual(["escape_time", "y", "x"]);
  for (const [name, one] of Object.entries(metadata))
    expect(store.json(`jobs/j/array/${name}/zarr.json`)).toEqual(one);
});

test.each([
  ["uint16", "mandelbrot", 65_535],
  ["uint32", "mandelbrot", 4_294_967_295],
  ["float32", "double-pendulum", undefined],
  ["float64", "double-pendulum", undefined],
])("a missing chunk of %s is masked by CF's attribute, or is NaN already", async (dtype, kernel, mask) => {
  const { store, spec } = await begun(kernel, { dtype });
  expect(store.json(`jobs/j/array/${spec.values[0].name}/zarr.json`).attributes._FillValue).toBe(mask);
});

test("attributes are text and numbers, which NetCDF takes", async () => {
  const { store } = await begun("julia");
  const { attributes } = store.json("jobs/j/array/zarr.json");
  expect(attributes).toEqual({
    ...{ kernel_hash: builtIn("julia").hash, manyhands_version: packageJson.version },
    ...{ maxIterations: 1000, cRe: -0.8, cIm: 0.156 },
    ...{ kernel: "julia", manyhands_job: "j", seed: 0 },
  });
});

test("words, truth values, a seed and several values are in the group as xarray reads them", async () => {
  const source = kernel({
    name: "priced",
    inputs: {
      spot: { about: "price of the share", unit: "€", from: 80, to: 120 },
      model: { about: "how it moves", choices: ["heston", "black-scholes"] },
      isCall: { flag: true },
    },
    values: { price: { about: "price of the option", unit: "€" }, error: { dtype: "float32" } },
    point: ({ spot, model }) => ({ price: spot + model.length, error: 0 }),
  });
  const stages = new Stages([testKernel(source)]);
  const inputs = { spot: { count: 3 }, model: ["black-scholes", "heston"], isCall: true };
  await stages.split({ kernel: "priced", requestId: "j", seed: 7, inputs });
  const { metadata } = stages.store.json("jobs/j/array/zarr.json").consolidated_metadata;
  expect(Object.keys(metadata)).toEqual(["price", "error", "spot", "model"]);
  expect(metadata.price.attributes).toEqual({ long_name: "price of the option", units: "€" });
  expect(metadata.error.attributes).toEqual({ long_name: "error" });
  expect([metadata.price.data_type, metadata.error.data_type]).toEqual(["float64", "float32"]);
  expect(metadata.price.dimension_names).toEqual(["spot", "model"]);
  expect(metadata.model.attributes).toEqual({
    ...{ long_name: "how it moves", flag_values: [0, 1], flag_meanings: "black-scholes heston" },
  });
  const group = stages.store.json("jobs/j/array/zarr.json").attributes;
  expect(group).toMatchObject({ isCall: 1, kernel: "priced", seed: 7 });
});
