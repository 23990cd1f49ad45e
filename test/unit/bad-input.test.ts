import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../cli/commands/run.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { Stages } from "../helpers/stages.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** Runs the command in this process, as cli/program.ts does; nothing may have been made when it refuses. */
async function refusal(kernel: string | undefined, options: object): Promise<string> {
  const out = join(temporaryFolder(), "out");
  const error = await run(kernel, {
    engine: "serial",
    stack: "Manyhands",
    inputs: {},
    quiet: true,
    out,
    ...options,
  }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InvalidInputError);
  expect(existsSync(out)).toBe(false);
  return (error as Error).message;
}

describe("the command line refuses", () => {
  test.each<[string, string | undefined, object, RegExp]>([
    ["a size of zero", undefined, { size: "0" }, /--size to be a whole number from 1 to 2000000, got "0"/],
    ["a negative size", undefined, { size: "-5" }, /--size/],
    ["a size that is no number", undefined, { size: "abc" }, /--size .*got "abc"/],
    ["a size with a fraction", undefined, { size: "10.5" }, /--size/],
    ["a size in exponent form", undefined, { size: "1e3" }, /--size/],
    ["an empty size", undefined, { size: "" }, /--size/],
    ["a huge size", undefined, { size: "99999999" }, /--size/],
    ["a size whose array would be too large", undefined, { size: "1000000" }, /grid to be at most/],
    [
      "points without rows",
      undefined,
      { points: "x5" },
      /--points to be a whole number from 1 for each axis/,
    ],
    [
      "points of zero",
      undefined,
      { points: "0x5" },
      /--points to be a whole number from 1 for each axis, such as 500x400, got "0x5"/,
    ],
    [
      "points in three dimensions",
      undefined,
      { points: "5x5x5" },
      /--points to be 2 counts, for y and x, got 5x5x5/,
    ],
    ["one count for two ranges", undefined, { points: "5" }, /--points to be 2 counts, for y and x, got 5/],
    [
      "a count beside those that ranges have",
      undefined,
      { points: "5", inputs: { y: "1:-1:4", x: "0:1:9" } },
      /--points to be left out: no input is swept over a range without a count, got 5/,
    ],
    ["points beyond the limit", undefined, { points: "200000x200000" }, /grid to be at most/],
    ["size and points together", undefined, { size: "10", points: "5x5" }, /one at a time/],
    ["an unknown kernel, naming the nearest", "mandelbrt", {}, /Did you mean mandelbrot\?/],
    ["a kernel near to nothing", "\u0000; rm -rf", {}, /kernel to be one of/],
    [
      "a parameter of another kernel",
      "julia",
      { inputs: { duration: "5" } },
      /--duration to be left out: julia takes --y, --x, --max-iterations, --c-re, --c-im, got "5"/,
    ],
    [
      "an iteration limit of zero",
      undefined,
      { inputs: { maxIterations: "0" } },
      /--max-iterations to be a whole number from 1/,
    ],
    ["half an iteration", undefined, { inputs: { maxIterations: "1.5" } }, /whole number/],
    [
      "an iteration limit that is no number",
      undefined,
      { inputs: { maxIterations: "many" } },
      /--max-iterations to be a number/,
    ],
    ["a parameter that is infinite", "julia", { inputs: { cRe: "Infinity" } }, /--c-re to be a number/],
    ["an unknown engine, naming the nearest", undefined, { engine: "locl" }, /Did you mean local\?/],
    ["no workers", undefined, { workers: "0" }, /--workers/],
    ["a thousand workers", undefined, { workers: "1000" }, /--workers to be a whole number from 1 to 64/],
    [
      "a ramp on this machine",
      undefined,
      { engine: "local", ramp: "burst" },
      /--ramp to be left out on engine local, which has no fleet to fill, got "burst"/,
    ],
    ...["0", "", "-1", "NaN", "Infinity", "1 EUR", "1e3", "0x1"].map(
      (text) =>
        [
          `a limit of ${text || "nothing"}`,
          undefined,
          { engine: "local", maxUsd: text },
          RegExp(`--max-usd to be a decimal number of USD above 0, such as 0.5, got ${JSON.stringify(text)}`),
        ] as [string, string | undefined, object, RegExp],
    ),
    ...["serial", "threads"].map(
      (engine) =>
        [
          `a limit on engine ${engine}`,
          undefined,
          { engine, maxUsd: "1" },
          RegExp(`--max-usd to be left out on engine ${engine}, where nothing is billed, got 1\\.$`),
        ] as [string, string | undefined, object, RegExp],
    ),
    [
      "workers on engine aws",
      undefined,
      { engine: "aws", workers: "2" },
      /--workers to be left out on engine aws, whose fleet the stack caps, got 2/,
    ],
    ["two workers on engine serial", undefined, { workers: "2" }, /--workers to be 1 on engine serial/],
    ["an empty chunk", undefined, { chunk: "0x0" }, /chunk/],
    [
      "a chunk larger than the array",
      undefined,
      { chunk: "600x600" },
      /no larger than the array's 500 x 500/,
    ],
    [
      "a chunk with one side for two axes",
      undefined,
      { chunk: "50" },
      /chunk to be 2 numbers, one for each axis/,
    ],
    ["more than a million chunks", undefined, { size: "100000", chunk: "10x10" }, /at most 1000000 chunks/],
    [
      "a chunk larger than an object should be",
      undefined,
      { size: "40000", chunk: "20000x20000" },
      /at most 67108864 bytes/,
    ],
    ["too many chunks in a message", undefined, { chunksPerMessage: "51" }, /--chunks-per-message/],
    [
      "an unknown ramp",
      undefined,
      { ramp: "steep" },
      /--ramp to be one of auto, mapping, burst, got "steep"/,
    ],
    [
      "an unknown codec",
      undefined,
      { codec: "zst" },
      /--codec to be one of none, gzip, zstd, got "zst"\. Did you mean zstd\?/,
    ],
    ["an unknown dtype", undefined, { dtype: "int8" }, /--dtype to be one of auto, uint16, .*, got "int8"/],
    ["an unknown colormap", undefined, { colormap: "hot" }, /--colormap to be one of viridis, /],
    ["an unknown scale", undefined, { scale: "exp" }, /--scale to be one of auto, linear, log, got "exp"/],
    [
      "a dtype that cannot hold the values",
      undefined,
      { dtype: "uint16", inputs: { maxIterations: "70000" } },
      /dtype to be uint32/,
    ],
    [
      "a range with one end",
      undefined,
      { inputs: { x: "1:" } },
      /--x to be a number, a list .* or a range .*, got "1:"/,
    ],
    ["an empty range", undefined, { inputs: { x: "1:1" } }, /--x to be a range with two different ends/],
    [
      "a range that overflows",
      undefined,
      { inputs: { y: "-1e308:1e308" } },
      /--y to be a range that a number can divide/,
    ],
    [
      "fixed values only",
      undefined,
      { inputs: { x: "0", y: "0" } },
      /the inputs to be swept in one at least/,
    ],
    ["a seed below zero", undefined, { seed: "-1" }, /--seed to be a whole number from 0 to/],
    ["a seed with a fraction", undefined, { seed: "0.5" }, /--seed to be a whole number from 0 to/],
    ["a cut without a value", undefined, { at: ["x"] }, /--at to be <input>=<value> with one of y, x, .*"x"/],
    ["a cut of no input", undefined, { at: ["z=1"] }, /--at to be <input>=<value> with one of y, x, .*"z=1"/],
    ["a cut that is a range", undefined, { at: ["x=1:2"] }, /--at to be <input>=<value> .*"x=1:2"/],
    ["a cut that is no number", undefined, { at: ["x=left"] }, /--at to be a number, got "left"/],
    ["a job id that is a path", undefined, { jobId: "../x" }, /--job-id/],
    [
      "a job id that looks like an option",
      undefined,
      { jobId: "-x" },
      /--job-id to be one that begins and ends with a letter or a digit, got "-x"/,
    ],
    ["an unknown colour map", undefined, { colormap: "pink" }, /colormap/],
    ["an unknown scale", undefined, { scale: "cubic" }, /scale/],
    [
      "a request file that is not there",
      undefined,
      { request: "/nowhere.json" },
      /--request to be a readable file/,
    ],
    ["a request file that is a folder", undefined, { request: "." }, /--request to be a readable file/],
    [
      "a request file beside other options",
      undefined,
      { request: "x.json", size: "5" },
      /whole job request, got size/,
    ],
  ])("%s", async (_, kernel, options, sentence) => {
    const message = await refusal(kernel, options);
    expect(message).toMatch(sentence);
    expect(message.split("\n")).toHaveLength(1);
  });

  test.each([
    ["nothing", "null", /job request to be Object, got null/],
    [
      "a kernel that no text can be made of",
      '{"kernel":{"toString":1}}',
      /kernel to be the name of a kernel/,
    ],
    ["no JSON", "{kernel: julia}", /--request to be JSON/],
    ["too many points", '{"kernel":"julia","grid":{"axes":[{"from":0,"to":1,"step":1e-9}]}}', /large enough/],
  ])("a request file with %s", async (_, text, sentence) => {
    const request = join(temporaryFolder(), "request.json");
    writeFileSync(request, text);
    expect(await refusal(undefined, { request })).toMatch(sentence);
  });

  test("a folder that holds another job, other files, a file in its place, or no room to write", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "job.json"), "{}");
    mkdirSync(join(folder, "other"));
    writeFileSync(join(folder, "other/thesis.tex"), "");
    const attempt = (out: string) =>
      run(undefined, { engine: "serial", stack: "Manyhands", inputs: {}, quiet: true, size: "10", out });
    await expect(attempt(folder)).rejects.toThrow(
      `which holds a job already: \`manyhands resume ${folder}\` goes on with it.`,
    );
    await expect(attempt(join(folder, "other"))).rejects.toThrow(/has other files in it/);
    await expect(attempt(join(folder, "job.json"))).rejects.toThrow(/--out to be a folder/);
    await expect(attempt("/proc/nowhere/x")).rejects.toThrow(/can be written to/);
    expect(readdirSync(folder).sort()).toEqual(["job.json", "other"]);
  });
});

describe("the splitter refuses, and stores and sends nothing, an event that is", () => {
  const axis = { from: 0, to: 1, count: 10 };
  test.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /job request/],
    ["a list", [], /kernel to be given/],
    ["a string", "mandelbrot", /job request/],
    ["without a kernel", {}, /kernel to be given, got nothing/],
    ["with a kernel that is no name", { kernel: 7 }, /kernel to be the name of a kernel, got 7/],
    ["with a kernel of Object.prototype", { kernel: "constructor" }, /kernel to be one of/],
    ["of another version", { kernel: "julia", version: 2 }, /version to be 1, got 2/],
    ["with a field nobody knows", { kernel: "julia", run: "x" }, /without unknown fields, got run/],
    ["with an id that ends with a dash", { kernel: "julia", requestId: "x-" }, /requestId/],
    ["with a hostile id", { kernel: "julia", requestId: "../../x" }, /requestId/],
    ["with an id too long", { kernel: "julia", requestId: "x".repeat(65) }, /requestId/],
    [
      "with parameters that are text",
      { kernel: "julia", parameters: { cRe: "0" } },
      /parameters\.cRe to be a number from -2 to 2, got "0"/,
    ],
    [
      "with an unknown parameter",
      { kernel: "julia", parameters: { maxIteration: 9 } },
      /Did you mean maxIterations/,
    ],
    [
      "with a parameter out of bounds",
      { kernel: "julia", parameters: { cRe: 3 } },
      /parameters\.cRe to be a number from -2 to 2/,
    ],
    [
      "with an input out of bounds",
      { kernel: "julia", inputs: { cRe: 3 } },
      /inputs\.cRe to be a number from -2 to 2, got 3/,
    ],
    [
      "with inputs in both spellings",
      { kernel: "julia", inputs: {}, parameters: {} },
      /given without parameters and grid, got both/,
    ],
    ["with a range that is none", { kernel: "julia", inputs: { y: { form: 1 } } }, /inputs\.y/],
    ["with a list of nothing", { kernel: "julia", inputs: { y: [] } }, /inputs\.y/],
    ["with text for a number", { kernel: "julia", inputs: { y: "0" } }, /inputs\.y to be a number, got "0"/],
    ["with seven counts", { kernel: "julia", points: Array(7).fill(1) }, /points to be at most 6 counts/],
    ["with a seed that is none", { kernel: "julia", seed: 1.5 }, /seed/],
    [
      "with a hash of another kernel",
      { kernel: "julia", hash: "0".repeat(16) },
      /julia as it was deployed .*got another version of it/,
    ],
    ["without axes", { kernel: "julia", grid: { axes: [] } }, /one axis or more/],
    [
      "with three axes",
      { kernel: "julia", grid: { axes: [axis, axis, axis] } },
      /grid\.axes to be at most 2, .*got 3/,
    ],
    [
      "with an axis without points",
      { kernel: "julia", grid: { axes: [{ ...axis, count: 0 }] } },
      /axes\.0\.count to be at least 1/,
    ],
    [
      "with both step and count",
      { kernel: "julia", grid: { axes: [{ ...axis, step: 1 }] } },
      /either step or count, got both/,
    ],
    [
      "with neither step nor count",
      { kernel: "julia", grid: { axes: [{ from: 0, to: 1 }] } },
      /either step or count, got neither/,
    ],
    [
      "with a step away from the end",
      { kernel: "julia", grid: { axes: [{ from: 0, to: 1, step: -1 }] } },
      /grid\.axes\.0\.step to be a step from 0 towards 1, got -1/,
    ],
    [
      "with a tiny step",
      { kernel: "julia", grid: { axes: [{ from: 0, to: 1, step: 1e-300 }] } },
      /large enough/,
    ],
    [
      "with infinite coordinates",
      { kernel: "julia", grid: { axes: [{ from: 0, to: Number.POSITIVE_INFINITY, count: 3 }] } },
      /finite/,
    ],
    [
      "with a chunk of the wrong rank",
      { kernel: "julia", chunk: [10] },
      /chunk to be 2 numbers, one for each axis/,
    ],
    ["with output nobody knows", { kernel: "julia", output: { gif: true } }, /without unknown fields/],
  ])("%s", async (_, event, sentence) => {
    const stages = new Stages();
    await expect(stages.split(event)).rejects.toThrow(InvalidInputError);
    await expect(stages.split(event)).rejects.toThrow(sentence);
    expect(stages.store.objects.size).toBe(0);
    expect(stages.chunks.sent).toEqual([]);
  });
});
