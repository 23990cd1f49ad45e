/** What a user does with the installed package. */
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { storedArray } from "./arrays.ts";
import type { Ended } from "./cli.ts";

export type Run = (...args: readonly string[]) => Promise<Ended>;

const SPOT = `import { kernel } from "manyhands/kernel";
import { RATE } from "./rate.js";

export default kernel({
  about: "the value of an option",
  inputs: {
    spot: { unit: "USD", from: 80, to: 120 },
    years: { unit: "a", from: 0.1, to: 2 },
    option: { choices: ["call", "put"] },
  },
  value: { name: "price", unit: "USD" },
  point: ({ spot, years, option }) => {
    const edge = Math.log(spot / 100) + RATE * years;
    return option === "call" ? Math.max(0, Math.exp(edge) - 1) : Math.max(0, 1 - Math.exp(edge)) ** 1.5;
  },
});
`;
const SQUARE = `import { task } from "manyhands/kernel";
import { createHash } from "node:crypto";

export default task({
  task: (item: number, { random }) => ({ square: item ** 2, seen: random() < 1, hash: createHash("md5").update(\`\${item}\`).digest("hex") }),
});
`;

/** The files of a user: a kernel that imports another file, a task, and items. */
export function writeFiles(folder: string): void {
  writeFileSync(join(folder, "spot.ts"), SPOT);
  writeFileSync(join(folder, "rate.js"), "export const RATE = 0.05;\n");
  writeFileSync(join(folder, "square.ts"), SQUARE);
  writeFileSync(join(folder, "items.jsonl"), "1\n2\n3\n");
}

const JOB = ["run", "./spot.ts", "--points", "30x20", "--chunk", "8x8", "--option", "put", "--no-plots"];

/** The kernel on every engine of this machine: the same bytes. Returns their sum and checksum. */
export async function expectSameBytes(folder: string, run: Run): Promise<string> {
  const found: string[] = [];
  for (const engine of ["serial", "threads", "local"]) {
    const ended = await run(...JOB, "--engine", engine, "--job-id", engine);
    expect(ended, engine).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/warning|error/i) });
    found.push(await bytesOf(folder, engine));
  }
  expect(new Set(found).size, "engines that give the same bytes").toBe(1);
  return found[0]!;
}

async function bytesOf(folder: string, jobId: string): Promise<string> {
  const store = new FileStore({ [`jobs/${jobId}/`]: join(folder, "results", jobId) });
  const values = await storedArray(store, jobId);
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}

/** check, map, resume and verify, after `expectSameBytes`. */
export async function expectCommands(folder: string, run: Run): Promise<void> {
  const checked = await run("check", "./spot.ts");
  expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining("price") });

  const mapped = await run("map", "./square.ts", "items.jsonl", "--job-id", "squares");
  expect(mapped).toMatchObject({ code: 0 });
  const lines = readFileSync(join(folder, "results/squares/results.jsonl"), "utf8").trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).value.square)).toEqual([1, 4, 9]);

  const before = await bytesOf(folder, "local");
  const chunk = join(folder, "results/local/array/price/c/1/1");
  expect(existsSync(chunk)).toBe(true);
  rmSync(chunk);
  const resumed = await run("resume", "local");
  expect(resumed).toMatchObject({ code: 0 });
  expect(await bytesOf(folder, "local")).toBe(before);

  const verified = await run("verify", "local", "--all");
  expect(verified).toMatchObject({ code: 0 });
}

const LIBRARY = `import { createRequire } from "node:module";
import { InvalidInputError, open, run } from "manyhands";
import spot from "./spot.ts";

const found = {};
for (const engine of ["serial", "threads", "local"]) {
  const job = run(spot, { option: "put" }, { engine, points: [30, 20], chunk: [8, 8], out: \`own-\${engine}\`, plots: false });
  const values = await (await job).array.toTypedArray();
  found[engine] = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}
const old = await open("own-serial");
const { isEqual } = await old.verify({ chunks: "all" });
const required = createRequire(import.meta.url)("manyhands");
const refused = await required.run("./spot.ts", { sopt: 3 }).catch((error) => error);
const unbuilt = await run("./nowhere.ts").catch((error) => error);
const isRefused = [refused, unbuilt].map((error) => error instanceof InvalidInputError);
console.log(JSON.stringify({ found, isEqual, isRefused }));
`;

/** The library from the package, on every engine of this machine: the bytes that the command gives. */
export async function expectLibrary(folder: string, node: Run, bytes: string): Promise<void> {
  writeFileSync(join(folder, "library.mjs"), LIBRARY);
  const { stdout, stderr, code } = await node("library.mjs");
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/error/i) });
  const found = { serial: bytes, threads: bytes, local: bytes };
  expect(JSON.parse(stdout)).toEqual({ found, isEqual: true, isRefused: [true, true] });
}

/** `run` with nothing else: the tutorial's array. */
export async function expectTutorial(folder: string, run: Run): Promise<void> {
  const known = existsSync(join(folder, "results")) ? readdirSync(join(folder, "results")) : [];
  const ended = await run("run");
  expect(ended).toMatchObject({ code: 0 });
  const [job, ...others] = readdirSync(join(folder, "results")).filter((name) => !known.includes(name));
  expect(others).toEqual([]);
  const summary = JSON.parse(readFileSync(join(folder, "results", job!, "summary.json"), "utf8"));
  expect(summary).toMatchObject({ state: "complete", sum: 51214485 });
  expect(readdirSync(join(folder, "results", job!))).toContain("heatmap.png");
}

/** Each file below the folder, with its time and size: what a program writes there changes it. */
export function everyFile(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((name) => {
      const { mtimeMs, size } = lstatSync(join(folder, name));
      return `${name} ${mtimeMs} ${size}`;
    });
}
