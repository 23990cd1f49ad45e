import { expect, test } from "vitest";
import * as zarr from "zarrita";
import { coordinates } from "../../../shared/array/grid.ts";
import { VARIABLE_NAME, variableName } from "../../../shared/validation/variable-name.ts";
import { KERNELS } from "../../fixtures/registry.ts";
import { Stages } from "../../helpers/stages.ts";

test("every kernel's value and axes have names of their own that xarray and NetCDF take", () => {
  for (const { name, value, axes } of KERNELS.values()) {
    const names = [value, ...axes].map((variable) => variableName(variable.name));
    expect(new Set(names).size, name).toBe(3);
    for (const variable of names) expect(variable, name).toMatch(new RegExp(`^${VARIABLE_NAME}$`));
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
  const units = [...KERNELS.values()].flatMap(({ value, axes }) => [value, ...axes].map(({ unit }) => unit));
  const times = /^((nano|micro|milli)?second|minute|hour|day)s$|\bsince\b/;
  expect(units.filter((unit) => times.test(unit))).toEqual([]);
});

const AXES = [
  { from: 1.3, to: -1.3, step: -0.1, rule: "accumulate" },
  { from: -2, to: 1, count: 31, rule: "index" },
];

test.each([
  ["mandelbrot, two axes", "mandelbrot", AXES, ["im_c", "re_c"], { long_name: "Re c" }],
  ["julia, one axis", "julia", AXES.slice(0, 1), ["re_z"], { long_name: "Re z" }],
  [
    "double-pendulum, two axes",
    "double-pendulum",
    AXES,
    ["second_angle", "first_angle"],
    { long_name: "first angle", units: "rad" },
  ],
])("%s: the coordinates are the kernel's, under the names of its axes", async (_, kernel, axes, names, x) => {
  const { store, spec } = await begun(kernel, { grid: { axes } });
  const group = zarr.root({ get: (key) => store.get(`jobs/j/array${key}`) } as zarr.AsyncReadable);
  for (const [k, name] of names.entries()) {
    const array = await zarr.open(group.resolve(name), { kind: "array" });
    expect((await zarr.get(array)).data).toEqual(coordinates(spec.axes[k], 0, spec.axes[k].count));
    expect(array.dimensionNames).toEqual([name]);
    if (name === names.at(-1)) expect(array.attrs).toEqual(x);
  }
  const values = await zarr.open(group.resolve(spec.value), { kind: "array" });
  expect(values.dimensionNames).toEqual(names);
});

test("the group's metadata hold those of its arrays, as they lie beside them", async () => {
  const { store } = await begun("mandelbrot");
  const { metadata, ...consolidated } = store.json("jobs/j/array/zarr.json").consolidated_metadata;
  expect(consolidated).toEqual({ kind: "inline", must_understand: false });
  expect(Object.keys(metadata)).toEqual(["escape_time", "im_c", "re_c"]);
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
  expect(store.json(`jobs/j/array/${spec.value}/zarr.json`).attributes._FillValue).toBe(mask);
});

test("attributes are text and numbers, which NetCDF takes", async () => {
  const { store } = await begun("julia");
  const { attributes } = store.json("jobs/j/array/zarr.json");
  expect(attributes).toEqual({
    ...{ maxIterations: 1000, cRe: -0.8, cIm: 0.156 },
    ...{ kernel: "julia", manyhands_job: "j" },
  });
});
