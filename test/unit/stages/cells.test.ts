import { expect, test } from "vitest";
import { split } from "../../../functions/splitter/split.ts";
import { work } from "../../../functions/worker/work.ts";
import { headOf } from "../../../shared/kernels/artifact.ts";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { withFiles } from "../../../shared/kernels/kernel-files.ts";
import { tailOf } from "../../../shared/kernels/locate.ts";
import { WHOLE } from "../../../shared/kernels/whole-numbers.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { storedArrays } from "../../helpers/arrays.ts";
import { folderWith } from "../../helpers/kernel-file.ts";
import { kernelsWith, testKernel } from "../../helpers/kernels.ts";
import { Stages } from "../../helpers/stages.ts";

const HASH = "0123456789abcdef0123456789abcdef";
/** An artifact, each line of which is the same one of mine.ts. */
const LINES = `${headOf("kernel")}
const rootOf = (x) => {
  if (x === 0.5) throw new Error("no root here");
  return Math.sqrt(x);
};
module.exports = {
  kind: "kernel",
  inputs: { y: { from: 0, to: 4 }, x: { from: 0, to: 1 } },
  value: { name: "root" },
  point: ({ y, x }) => (y === 2 ? rootOf(x) : y),
};`;
const MAP = { version: 3, sources: ["mine.ts"], names: [], mappings: `AAAA${";AACA".repeat(10)}` };

test("a chunk fails for good by the cell that throws twice, named by its coordinates and the file's line", async () => {
  const artifact = `${LINES}\n${tailOf("manyhands-0123456789abcdef", JSON.stringify(MAP))}`;
  const stages = new Stages();
  const kernels = withFiles(kernelsWith(), folderWith({ [`${HASH}.cjs`]: artifact }));
  const ports = { ...stages.ports, kernels };
  const request = { kernel: "mine", hash: HASH, requestId: "j", points: [4, 4], chunk: [2, 2] };
  await split({ ...request, chunksPerMessage: 4, output: { plots: false } }, "", ports);
  const worker = { requestId: "r", logStream: "w", coldStart: false, initMs: null };
  for (let turn = 0; turn < 2; turn++)
    for (const body of stages.chunks.take())
      await work(parseChunkMessage(body), { worker, receiveCount: 1 }, ports);
  expect(stages.chunks.take()).toEqual([]);
  for (const body of stages.results.take()) await stages.aggregate(body);
  const summary = stages.store.json("jobs/j/summary.json");
  expect(summary).toMatchObject({ state: "incomplete", chunks: { done: 3, failed: 1 } });
  expect(summary.failures).toMatchObject([
    { chunk: 3, attempts: 2, error: "Error: at y = 2, x = 0.5: no root here (mine.ts:3)" },
  ]);
});

/** The reciprocal of y where x is below 2, and how often y fits into twelve. */
const moody = (change: object = {}) =>
  testKernel({
    ...kernel({
      name: "moody",
      inputs: { y: { from: 0, to: 4 }, x: { from: 0, to: 3 } },
      values: { reciprocal: {}, quotient: { dtype: "uint16" } },
      point: ({ y, x }) => {
        if (y === 0 && x < 2) throw new RangeError("divided by nothing");
        return { reciprocal: x < 2 ? 1 / y : 0, quotient: y === 0 ? 1 : 12 / y };
      },
    }),
    ...change,
  });

async function computed(own: ReturnType<typeof testKernel>, more: object = {}) {
  const stages = new Stages([own]);
  const request = { kernel: own.name, points: [4, 3], chunk: [1, 3], output: { plots: false }, ...more };
  await stages.split({ ...request, requestId: "j" });
  await stages.workOff();
  return { summary: stages.store.json("jobs/j/summary.json"), arrays: await storedArrays(stages.store, "j") };
}

test("with onError nan the cell alone is lost: NaN among floats, the fill value among whole numbers", async () => {
  const { summary, arrays } = await computed(moody({ onError: "nan" }));
  expect(summary).toMatchObject({ state: "complete", failedAttempts: 0, nonFinite: 2 });
  const [reciprocal, quotient] = arrays;
  const rest = [1, 1, 0, 0.5, 0.5, 0, 1 / 3, 1 / 3, 0];
  expect(reciprocal).toEqual(Float64Array.of(Number.NaN, Number.NaN, 0, ...rest));
  expect(quotient).toEqual(Uint16Array.of(65_535, 65_535, 1, 12, 12, 12, 6, 6, 6, 4, 4, 4));
});

test("what no kernel may do is no cell's error: onError does not cover it", async () => {
  const { summary } = await computed(moody({ onError: "nan", point: () => ({ reciprocal: 0 }) }));
  expect(summary).toMatchObject({ state: "failed" });
});

test("a function of a window is told what arrays of whole numbers cannot hold", async () => {
  const source = (value: number) =>
    kernel({
      name: "windowed",
      inputs: { y: { from: 0, to: 4 }, x: { from: 0, to: 3 } },
      value: { name: "v", dtype: "uint16" },
      fill: (_, out) => void out.fill(value),
    });
  expect((await computed(testKernel(source(7)))).arrays[0]).toEqual(new Uint16Array(12).fill(7));
  const { summary } = await computed(testKernel(source(-2001)));
  expect(summary.failures[0].error).toBe(`CellError: at y = 0, x = 0: Expected ${WHOLE}, got -2001.`);
});

test("without it the chunk fails, and only that one", async () => {
  const { summary } = await computed(moody());
  expect(summary).toMatchObject({ state: "incomplete", chunks: { done: 3, failed: 1 } });
  expect(summary.failures[0].error).toBe("RangeError: at y = 0, x = 0: divided by nothing");
});

test.each([
  ["no number", undefined, "ContractError", "a number, got undefined"],
  ["one that its array cannot hold", { quotient: 1.5 }, "CellError", `${WHOLE}, got 1.5`],
  ["a negative one among whole numbers", { quotient: -1 }, "CellError", `${WHOLE}, got -1`],
  ["the one that marks missing cells", { quotient: 65_535 }, "CellError", `${WHOLE}, got 65535`],
])("a value that is %s is an error of its cell", async (_, change, name, got) => {
  const point = () => (change ? { reciprocal: 0, ...change } : { reciprocal: 0 });
  const { summary } = await computed(moody({ point }));
  expect(summary.failures[0].error).toBe(
    `${name === "CellError" ? "CellError: " : ""}at y = 0, x = 0: Expected quotient to be ${got}.`,
  );
});

const CUBE = { y: { from: 0, to: 1 }, x: { from: 0, to: 1 }, z: { from: 0, to: 1 } };
const dice = testKernel(
  kernel({
    name: "dice",
    inputs: CUBE,
    values: { first: {}, sum: {} },
    point: (_, { random }) => {
      const first = random();
      return { first, sum: first + random() };
    },
  }),
);

test("random numbers follow from the seed and the cell, however the array is cut", async () => {
  const roll = (chunk: number[], seed?: number) =>
    computed(dice, { points: [4, 3, 5], chunk, ...(seed !== undefined && { seed }) });
  const whole = await roll([4, 3, 5], 7);
  for (const chunk of [
    [1, 1, 1],
    [3, 2, 2],
    [4, 1, 5],
  ])
    expect((await roll(chunk, 7)).arrays).toEqual(whole.arrays);
  const [first, sum] = whole.arrays;
  expect(new Set(first).size).toBe(4 * 3 * 5);
  expect([...first!].every((value, k) => value >= 0 && value < 1 && sum![k]! > value)).toBe(true);
  const other = await roll([4, 3, 5], 8);
  expect([...other.arrays[0]!].some((value, k) => value === first![k])).toBe(false);
  expect((await roll([4, 3, 5])).arrays).toEqual((await roll([4, 3, 5], 0)).arrays);
});

test("a fill kernel has the same sequences for its cells as a point", async () => {
  const filling = testKernel(
    kernel({
      name: "dice",
      inputs: CUBE,
      values: { first: {}, sum: {} },
      fill: (_, { first, sum }, { randomAt }) => {
        for (const cell of first.keys()) {
          const random = randomAt(cell);
          first[cell] = random();
          sum[cell] = first[cell]! + random();
        }
      },
    }),
  );
  const request = { points: [4, 3, 5], chunk: [3, 2, 2], seed: 7 };
  expect((await computed(filling, request)).arrays).toEqual((await computed(dice, request)).arrays);
});
