import { expect, test } from "vitest";
import * as zarr from "zarrita";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { testKernel } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

const swing = testKernel(
  kernel({
    name: "swing",
    inputs: {
      time: { about: "time", unit: "s", from: 0, to: 4 },
      damping: { unit: "1/s", from: 0.25, to: 4, scale: "log" },
      seat: { choices: ["board", "tyre"] },
    },
    values: { distance: { unit: "m", dtype: "float64" }, pushes: { dtype: "uint16" } },
    point: ({ time, damping, seat }) => ({
      distance: seat === "board" ? 1 + time * damping : -time,
      pushes: 2 * time,
    }),
  }),
);

test("zarrita reads every value of an array with three axes, one of them logarithmic and one of words", async () => {
  const stages = new Stages([swing]);
  const inputs = { time: { count: 4 }, damping: { count: 4 }, seat: ["board", "tyre"] };
  const request = { kernel: "swing", inputs, chunk: [3, 2, 2], requestId: "j", output: { plots: false } };
  await stages.split(request);
  await stages.runToEnd();
  const store = { get: (key: string) => stages.store.get(`jobs/j/array${key}`) };
  const group = await zarr.open(store, { kind: "group" });
  const read = async (name: string) => {
    const array = await zarr.open(group.resolve(name), { kind: "array" });
    return {
      names: array.dimensionNames,
      shape: array.shape,
      data: [...((await zarr.get(array)).data as Float64Array)],
    };
  };
  const [time, damping] = [await read("time"), await read("damping")];
  expect(time.data).toEqual([0, 1, 2, 3]);
  for (const [k, ratio] of [0.25, 0.5, 1, 2].entries()) expect(damping.data[k]).toBeCloseTo(ratio, 14);
  expect((await read("seat")).data).toEqual([0, 1]);
  const cells = time.data.flatMap((t) =>
    damping.data.flatMap((d) => [
      { t, d, isBoard: true },
      { t, d, isBoard: false },
    ]),
  );
  const array = { names: ["time", "damping", "seat"], shape: [4, 4, 2] };
  expect(await read("distance")).toEqual({
    ...array,
    data: cells.map(({ t, d, isBoard }) => (isBoard ? 1 + t * d : -t)),
  });
  expect(await read("pushes")).toEqual({ ...array, data: cells.map(({ t }) => 2 * t) });
});
