import { expect, test } from "vitest";
import type { TaskTools } from "../../../shared/kernels/authoring.ts";
import { loadFile } from "../../../shared/kernels/host/host.ts";
import { taskOf } from "../../../shared/kernels/host/task.ts";
import type { MapRun } from "../../../shared/kernels/loaded.ts";
import { randomOf } from "../../../shared/kernels/maths/random.ts";
import { artifactOf } from "../../../tools/kernels/build-kernel.ts";
import { folderWith } from "../../helpers/kernel-file.ts";

const run = { index: 4, seed: 9, seconds: 60 };

const given = (task: (item: never, tools: TaskTools) => unknown, more = {}) =>
  taskOf(task as never, "")(2, { ...run, ...more });

test("a task gives its value as JSON, at once or later, and its random numbers follow from seed and index", async () => {
  expect(await given((n: number) => ({ n }))).toEqual({ json: '{"n":2}' });
  expect(await given(async (_, { random }) => [random(), random()])).toEqual({
    json: JSON.stringify(Array.from({ length: 2 }, randomOf(9, 4))),
  });
});

test("a field that is undefined or a function is left out, and null stays", async () => {
  const value = { a: undefined, b: () => 1, c: null, d: [null], e: new Date(0) };
  expect(await given(() => value)).toEqual({ json: '{"c":null,"d":[null],"e":"1970-01-01T00:00:00.000Z"}' });
});

const cyclic: Record<string, unknown> = {};
cyclic.own = cyclic;

test.each([
  [
    "throws",
    () => {
      throw new TypeError("bad");
    },
    /^TypeError: bad$/,
  ],
  [
    "rejects",
    async () => {
      throw new Error("late");
    },
    /^Error: late$/,
  ],
  [
    "throws text",
    () => {
      throw "text";
    },
    /^text$/,
  ],
  [
    "throws with a cause",
    () => {
      throw new TypeError("fetch failed", { cause: new Error("refused") });
    },
    /^TypeError: fetch failed: Error: refused$/,
  ],
  ["gives nothing", () => undefined, /what JSON can say, got undefined/],
  ["gives a function", () => () => 1, /what JSON can say, got function/],
  ["gives no number", () => ({ mean: Number.NaN }), /what JSON can say, got NaN as mean/],
  ["gives a list with a gap", () => [1, undefined], /what JSON can say, got undefined as 1/],
  ["gives a list of functions", () => ({ all: [() => 1] }), /what JSON can say, got function as 0/],
  ["gives no date", () => ({ day: new Date(Number.NaN) }), /what JSON can say, got an invalid date as day/],
  ["gives no number as an object", () => [new Number(Number.NaN)], /what JSON can say, got NaN as 0/],
  ["gives a large integer", () => 1n, /^TypeError: .*BigInt/],
  ["gives a cycle", () => cyclic, /^TypeError: .*circular/],
  ["gives a map", () => ({ counts: new Map([[1, 2]]) }), /what JSON can say, got a Map as counts/],
  ["gives a set", () => new Set([1]), /what JSON can say, got a Set\b/],
  ["gives an error", () => [new TypeError("no")], /what JSON can say, got a TypeError as 0/],
  ["gives numbers of a type", () => new Float64Array(2), /what JSON can say, got a Float64Array\b/],
  ["gives much", () => "x".repeat(262_143), /at most 262144 bytes as JSON, got 262145/],
])("a task that %s has failed with a sentence", async (_, task, sentence) => {
  expect(await given(task)).toEqual({ error: expect.stringMatching(sentence) });
});

test("an item that takes too long has failed, and its signal tells the task", async () => {
  let reason: unknown;
  const endless = (_: never, { signal }: TaskTools) => {
    signal.addEventListener("abort", () => {
      reason = signal.reason;
    });
    return new Promise(() => {});
  };
  expect(await given(endless, { seconds: 0.001 })).toEqual({ error: "The item took longer than 0.001 s." });
  expect(String(reason)).toContain("took longer");
});

test("a run that is interrupted ends its items", async () => {
  const controller = new AbortController();
  const ended = given(() => new Promise(() => controller.abort()), { signal: controller.signal });
  expect(await ended).toEqual({ error: "The run was interrupted." });
  expect(await given(async () => 1, { signal: controller.signal })).toEqual({
    error: "The run was interrupted.",
  });
});

test("the error of a task from a file names the line of the user's own file", async () => {
  const text = `import { readFileSync } from "node:fs";
import { task } from "manyhands/kernel";

export default task({
  task: async (path: string) => {
    if (path === "") throw new RangeError("no path");
    return readFileSync(path, "utf8").length;
  },
});
`;
  const folder = folderWith({ "mine.ts": text });
  const { artifact } = await artifactOf(`${folder}/mine.ts`, "task");
  const hash = "0123456789abcdef";
  const kernel = await loadFile(folderWith({ [`${hash}.cjs`]: artifact }), "mine", hash);
  expect(kernel?.declaration).toMatchObject({ form: "task", values: [] });
  const all: MapRun = {
    ...{ seed: 0, seconds: 60, first: 0, concurrency: 1, mostBytes: 2 ** 26, former: undefined },
    mayBegin: async () => true,
  };
  const { lines } = await kernel!.map!(['""', JSON.stringify(`${folder}/mine.ts`)], all);
  expect(lines).toEqual([
    '{"index":0,"error":"RangeError: no path (mine.ts:6)"}',
    `{"index":1,"value":${text.length}}`,
  ]);
  const { lines: few } = await kernel!.map!(['""'], { ...all, mostBytes: 2 ** 22 });
  expect(few[0]).toContain("give fewer items a shard");
  expect(() => kernel!.compute({} as never, [])).toThrow("got a task");
});
