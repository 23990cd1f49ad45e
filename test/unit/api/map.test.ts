/** The library maps a task over items. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { InterruptedError, map, open, run } from "../../../api/index.ts";
import words from "../../../examples/map/words.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const newFolder = () => join(temporaryFolder(), "job");
const SERIAL = { engine: "serial", plots: false } as const;

async function* five() {
  for (const text of ["a", "b b", "c c c", "d d", "e"]) yield { title: "t", text };
}

test("items of a generator come back in their order, with what the task gave", async () => {
  const out = newFolder();
  const job = map(words, five(), { ...SIZE, out });
  const counted: unknown[] = [];
  for await (const { index, value, error } of job) counted.push([index, value?.words, error]);
  expect(counted).toEqual([1, 2, 3, 2, 1].map((count, index) => [index, count, undefined]));
  const { summary, folder } = await job;
  expect(summary).toMatchObject({ state: "complete", items: { total: 5, given: 5, failed: 0 } });
  const lines = readFileSync(join(folder, "results.jsonl"), "utf8").trimEnd().split("\n");
  const again: unknown[] = [];
  const old = await open(out);
  for await (const item of old.items()) again.push(item);
  expect(again).toEqual(lines.map((line) => JSON.parse(line)));
  expect(() => old.array).toThrow(
    "Expected array to be asked of a job with one value, got one that maps items.",
  );
});

const SIZE = { ...SERIAL, itemsPerShard: 2 } as const;

test("a generator that is broken off by the signal ends the job as any other stage does", async () => {
  const controller = new AbortController();
  async function* endless() {
    for (;;) {
      yield { title: "t", text: "a" };
      controller.abort(new Error("enough"));
    }
  }
  const error = await map(words, endless(), { ...SERIAL, signal: controller.signal }).catch((why) => why);
  expect(error).toBeInstanceOf(InterruptedError);
  expect(error).toMatchObject({ code: "ABORT_ERR", cause: new Error("enough") });
});

test("an item whose task throws has its error, and the others their values", async () => {
  const items = [
    { title: "t", text: "a" },
    { title: "t", text: "" },
    { title: "t", text: "b" },
  ];
  const found: unknown[] = [];
  for await (const { index, error } of map(words, items, { ...SIZE, out: newFolder() }))
    found.push([index, error === undefined]);
  expect(found).toEqual([
    [0, true],
    [1, false],
    [2, true],
  ]);
});

test.each<[string, Iterable<unknown> | undefined, string]>([
  ["none", [], "Expected the items to be a line of JSON each, got none in items."],
  [
    "one that JSON cannot say",
    [{ a: 1 }, undefined],
    "Expected items[1] to be what JSON can say, got undefined.",
  ],
  ["a number that JSON has no word for", [1n], "Expected items[0] to be what JSON can say"],
  ["no list", undefined, "Expected the items to be a list, what a generator gives, or the path"],
])("items that are refused before anything is made: %s", async (_, items, sentence) => {
  const out = newFolder();
  await expect(map(words, items as never, { ...SIZE, out })).rejects.toThrow(sentence);
  expect(existsSync(out)).toBe(false);
});

test("what a generator throws is thrown, and nothing is made", async () => {
  const out = newFolder();
  const broken = async function* () {
    yield { title: "t", text: "a" };
    throw new RangeError("the list broke off");
  };
  await expect(map(words, broken(), { ...SIZE, out })).rejects.toThrow("the list broke off");
  expect(existsSync(out)).toBe(false);
});

test("a job that is aborted while its items are awaited ends, and nothing is made", async () => {
  const out = newFolder();
  const controller = new AbortController();
  const endless = async function* () {
    yield { title: "t", text: "a" };
    controller.abort(new Error("enough"));
    await new Promise(() => {});
  };
  const error = await map(words, endless(), { ...SIZE, out, signal: controller.signal }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InterruptedError);
  expect(error).toMatchObject({ cause: new Error("enough") });
  expect(existsSync(out)).toBe(false);
});

test("a task fills no array, and a limit that is wrong names its field", async () => {
  await expect(run(words as never)).rejects.toThrow("Expected kernel to be one that fills an array");
  await expect(map(words, [], { ...SERIAL, concurrency: 0 })).rejects.toThrow(
    "Expected concurrency to be a whole number from 1 to 100, got 0.",
  );
});
