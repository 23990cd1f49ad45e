/** The library on engines of this machine, as a program uses it. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { InvalidInputError, type JobProgress, map, open, run } from "../../../api/index.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

/** The tutorial's job of 50 x 50 points in nine chunks, and its sum. */
const SIZE = { size: 100, chunk: [20, 20], chunksPerMessage: 1, plots: false } as const;
const SUM = 509_274;
const newFolder = () => join(temporaryFolder(), "job");
const sumOf = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);

test("a job tells its progress as it comes, the last when it has ended, and gives an array", async () => {
  const out = newFolder();
  const job = run("mandelbrot", {}, { ...SIZE, engine: "serial", out });
  const seen: JobProgress[] = [];
  for await (const progress of job) seen.push(progress);
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
  expect(seen.at(-1)).toEqual({
    chunks: 9,
    done: 9,
    failed: 0,
    active: 0,
    isUnattended: false,
    isLost: false,
  });
  const { array, arrays, folder, summary } = await job;
  expect({ folder, state: summary.state }).toEqual({ folder: out, state: "complete" });
  expect(arrays.escape_time).toBe(array);
  expect(sumOf(await array.toTypedArray())).toBe(SUM);
});

test("a limit that is none is refused by its name, before anything is made", async () => {
  const out = newFolder();
  for (const maxUsd of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "1 EUR", ""] as number[])
    await expect(run("mandelbrot", {}, { ...SIZE, out, maxUsd }), String(maxUsd)).rejects.toThrow(
      /^Expected (job request )?maxUsd to be (more than 0|a finite number|a number of USD), got /,
    );
  for (const engine of ["serial", "threads"] as const)
    await expect(run("mandelbrot", {}, { ...SIZE, engine, out, maxUsd: 1 })).rejects.toThrow(
      `Expected maxUsd to be left out on engine ${engine}, where nothing is billed, got 1.`,
    );
  expect(existsSync(out)).toBe(false);
});

test("an array is read chunk by chunk: a window takes the chunks it covers, and tells which are not stored", async () => {
  const out = newFolder();
  const { size, chunk, plots } = SIZE;
  const request = { kernel: "mandelbrot", size, chunk, output: { plots } };
  const { array, summary } = await run({ request, engine: "serial", out, jobId: "whole" });
  expect(summary.jobId).toBe("whole");
  const all = await array.toTypedArray();
  expect(array).toMatchObject({ dtype: "uint16", shape: [50, 50], chunkShape: [20, 20], fillValue: 65_535 });
  expect(array.axes.map(({ name, values }) => [name, values.length, values[0]])).toEqual([
    ["y", 50, 1.3],
    ["x", 50, -2.13],
  ]);
  const rows = Array.from({ length: 4 }, (_, row) => [
    ...all.slice((18 + row) * 50 + 39, (18 + row) * 50 + 42),
  ]);
  rmSync(join(out, "array/escape_time/c/2"), { recursive: true });
  const part = await array.get({ y: { from: 18, to: 22 }, x: { from: 39, to: 42 } });
  expect(part).toEqual({ from: [18, 39], shape: [4, 3], values: Uint16Array.from(rows.flat()), missing: [] });
  const below = await array.get({ y: { from: 39, to: 41 }, x: { from: 0, to: 1 } });
  expect(below).toMatchObject({ values: Uint16Array.of(all[39 * 50]!, 65_535), missing: [6] });
  expect(await array.missing()).toEqual([6, 7, 8]);
  const stored: boolean[] = [];
  for await (const { isStored, values, shape } of array) {
    stored.push(isStored);
    expect(values.length).toBe(shape[0]! * shape[1]!);
  }
  expect(stored).toEqual([true, true, true, true, true, true, false, false, false]);
  await expect(array.get({ z: { from: 0 } })).rejects.toThrow(
    "Expected the window to be one of the axes y, x",
  );
  await expect(array.get({ x: 5 as never })).rejects.toThrow(
    "Expected the window's x to be an object with from and to, got 5.",
  );
  await expect(array.get(null as never)).rejects.toThrow("Expected the window to be an object");
  await expect(array.get({ x: { from: 9, to: 51 } })).rejects.toThrow("two indices from 0 to 50");
});

test("a job that is aborted before it begins makes nothing", async () => {
  const out = newFolder();
  const job = run("mandelbrot", {}, { ...SIZE, engine: "serial", out, signal: AbortSignal.abort() });
  await expect(job).rejects.toMatchObject({ name: "AbortError" });
  expect(existsSync(out)).toBe(false);
});

test("nothing is printed, and the process keeps its listeners", async () => {
  const listeners = () => process.eventNames().map((name) => [name, process.listenerCount(name)]);
  const before = listeners();
  const printed = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write"));
  const warnings: string[] = [];
  const onWarning = (sentence: string) => warnings.push(sentence);
  const during: unknown[] = [];
  const job = run("mandelbrot", {}, { ...SIZE, engine: "serial", out: newFolder(), onWarning });
  for await (const _ of job) during.push(listeners());
  await job;
  expect(printed.flatMap((spy) => spy.mock.calls)).toEqual([]);
  for (const spy of printed) spy.mockRestore();
  expect(during.length).toBeGreaterThan(0);
  expect(new Set(during.map(String))).toEqual(new Set([String(before)]));
  expect(warnings).toEqual([]);
});

test.each<[string, () => PromiseLike<unknown>, string]>([
  [
    "an option that is misspelt",
    () => run("mandelbrot", {}, { workrs: 2 } as object),
    'got "workrs". Did you mean workers?',
  ],
  [
    "an input that is misspelt",
    () => run("mandelbrot", { maxIteration: 5 }, { engine: "serial" }),
    "maxIterations",
  ],
  [
    "an engine that is misspelt",
    () => run("mandelbrot", {}, { engine: "thread" as "threads" }),
    "Expected engine to be",
  ],
  [
    "more workers than the engine takes",
    () => run("mandelbrot", {}, { engine: "serial", workers: 2 }),
    "Expected workers to be 1 on engine serial, got 2.",
  ],
  [
    "a ramp where there is no fleet",
    () => run("mandelbrot", {}, { engine: "serial", ramp: "burst" }),
    "Expected ramp to be left out on engine serial",
  ],
  [
    "points that are none",
    () => run("mandelbrot", {}, { engine: "serial", points: [0, 1] }),
    "Expected job request points",
  ],
  [
    "a scale of a range that is none",
    () => run("mandelbrot", { x: { scale: "lg" as "log" } }),
    "inputs.x.scale",
  ],
  ["a function", () => run(((x: number) => x) as never), "or the name of a built-in one, got Function."],
  [
    "a signal that is none",
    () => run("mandelbrot", {}, { engine: "serial", signal: "abc" as never }),
    'Expected signal to be an AbortSignal, got "abc".',
  ],
  [
    "a listener that is none",
    () => run("mandelbrot", {}, { engine: "serial", onWarning: 5 as never }),
    "Expected onWarning to be a function, got 5.",
  ],
  ["an engine that is no text", () => run("mandelbrot", {}, { engine: 5 as never }), "Expected engine to be"],
  ["a folder that is no text", () => run("mandelbrot", {}, { out: 5 as never }), "Expected out to be text"],
  [
    "options beside a whole request",
    () => run({ request: { kernel: "mandelbrot" } }, ...([{}, { engine: "serial" }] as unknown as [])),
    "Expected the request to be the only argument",
  ],
  ["no options of a map", () => map("./nowhere.ts", [1], null as never), "Expected the options to be"],
  ["no kernel", () => run(undefined as never), "Expected the kernel to be what kernel() or task() gave"],
  ["a job that is not there", () => open("results/never"), "Expected job to be a job's folder"],
])("%s is refused in a sentence", async (_, begin, sentence) => {
  const error = await Promise.resolve(begin()).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidInputError);
  expect(error).toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining(sentence) });
});
