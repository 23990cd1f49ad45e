/** The library in programs of their own: on each engine, in a thread, at the same time, stopped; and its examples. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { json, text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { Progress } from "../../api/progress.ts";
import { serial } from "../../client/engines/serial.ts";
import { runCli } from "../helpers/cli.ts";
import { deploymentServer } from "../helpers/deployment-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const ROOT = join(import.meta.dirname, "../..");
const EXAMPLES = join(ROOT, "examples/library");
const ENGINES = ["serial", "threads", "local"] as const;

/** A folder from which files find the package. */
function folderWithPackage(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/manyhands"));
  return folder;
}

/** Runs a program to its end, which comes by itself: nothing of the library's keeps it. */
async function program(file: string, cwd: string, env: object = {}) {
  const child = spawn(process.execPath, [file], { cwd, env: { ...process.env, ...env } });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "close"),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

async function written(source: string, name = "program.ts") {
  const folder = folderWithPackage();
  writeFileSync(join(folder, name), source);
  return { folder, ...(await program(join(folder, name), folder)) };
}

const KERNEL = `import { kernel } from "manyhands/kernel";
  export default kernel({
    inputs: { x: { from: 0, to: 1 }, method: { choices: ["plus", "minus"] } },
    values: { mean: {}, spread: { dtype: "float32" } },
    point: ({ x, method }) => ({ mean: method === "plus" ? 1 + x : 1 - x, spread: x / 2 }),
  });`;

test.each(ENGINES)(
  "on engine %s a program prints what it says itself, and ends by itself",
  async (engine) => {
    const folder = folderWithPackage();
    writeFileSync(join(folder, "spot é #1.ts"), KERNEL);
    writeFileSync(
      join(folder, "program.ts"),
      `import { run } from "manyhands";
     import spot from "./spot é %231.ts";
     const { arrays, summary } = await run(
       spot, { x: [0, 0.25, 0.5], method: ["plus", "minus"] }, { engine: "${engine}", chunk: [2, 1], workers: ${engine === "serial" ? 1 : 2} },
     );
     const all = async (array: { toTypedArray(): Promise<ArrayLike<number>> }) => [...Array.from(await array.toTypedArray())];
     console.log(JSON.stringify([summary.state, await all(arrays.mean), await all(arrays.spread), arrays.spread.dtype]));`,
    );
    const { code, stdout, stderr } = await program("program.ts", folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual([
      "complete",
      [1, 1, 1.25, 0.75, 1.5, 0.5],
      [0, 0, 0.125, 0.125, 0.25, 0.25],
      "float32",
    ]);
  },
);

test("a run inside a worker thread gives the array, on each engine", async () => {
  const { code, stdout, stderr } = await written(`
    import { isMainThread, parentPort, Worker } from "node:worker_threads";
    import { run } from "manyhands";
    if (isMainThread) {
      const worker = new Worker(new URL(import.meta.url));
      worker.on("message", (message) => console.log(JSON.stringify(message)));
    } else {
      for (const engine of ["serial", "threads", "local"] as const) {
        let last;
        const job = run("mandelbrot", {}, { engine, size: 100, chunk: [20, 20], jobId: engine });
        for await (last of job);
        const { array, summary } = await job;
        const sum = [...await array.toTypedArray()].reduce((all, each) => all + each, 0);
        parentPort!.postMessage([engine, summary.sum, sum, last?.done]);
      }
    }`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toEqual(ENGINES.map((engine) => [engine, 509_274, 509_274, 9]));
});

test("three jobs at the same time, on three engines, give the same bytes", async () => {
  const { code, stdout, stderr, folder } = await written(`
    import { run } from "manyhands";
    const engines = ["serial", "threads", "local"] as const;
    const jobs = engines.map((engine) => run("julia", {}, { engine, size: 300, chunk: [50, 50], jobId: engine, plots: false }));
    console.log(JSON.stringify((await Promise.all(jobs)).map(({ summary }) => summary.state)));`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual(["complete", "complete", "complete"]);
  const [array] = readdirSync(join(folder, "results/serial/array")).filter((name) => name === "escape_time");
  const chunksOf = (engine: string) => {
    const at = join(folder, "results", engine, "array", array!, "c");
    const paths = readdirSync(at, { recursive: true, encoding: "utf8" }).filter((path) => path.includes("/"));
    return paths.sort().map((path) => [path, readFileSync(join(at, path), "base64")]);
  };
  expect(chunksOf("serial")).toHaveLength(12);
  for (const engine of ["threads", "local"]) expect(chunksOf(engine)).toEqual(chunksOf("serial"));
});

test.each(ENGINES)(
  "a job on engine %s that is aborted lets its process end, and the command resumes it",
  async (engine) => {
    const { code, stdout, stderr, folder } = await written(`
    import { InterruptedError, run } from "manyhands";
    const controller = new AbortController();
    const options = { engine: "${engine}", size: 400, chunk: [10, 10], chunksPerMessage: 1, out: "out", plots: false } as const;
    const job = run("mandelbrot", {}, { ...options, signal: controller.signal });
    const error = await (async () => { for await (const { done } of job) if (done > 0) controller.abort("enough"); })().catch((reason) => reason);
    console.log(JSON.stringify([error instanceof InterruptedError, error.code, error.cause]));`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual([true, "ABORT_ERR", "enough"]);
    const resumed = await runCli(["resume", join(folder, "out"), "--json"]);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ state: "complete", round: 1, chunks: { done: 441 } });
  },
);

test.each<[string, readonly string[]]>([
  ["prices", ["4 of 4 chunks, 0 failed", "complete: price in EUR, 400 x 3", "spot 100:"]],
  ["several-values", ["the same on both engines: true"]],
  [
    "stop-and-go-on",
    [
      "ABORT_ERR",
      "unfinished: some chunks are missing",
      "complete in round 1",
      "9 chunks computed again, equal: true",
    ],
  ],
  [
    "count-words",
    [
      "0 Proverb: 5 words",
      "1 RangeError: Silence has no words",
      "2 Night: 11 words",
      "incomplete, tolerated: true",
    ],
  ],
])("the example %s does what it says", async (name, lines) => {
  const { code, stdout, stderr } = await program(join(EXAMPLES, `${name}.ts`), temporaryFolder());
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n")).toEqual(expect.arrayContaining([...lines]));
});

test("every example is run here", () => {
  const examples = readdirSync(EXAMPLES).filter((name) => name.endsWith(".ts"));
  expect(examples.toSorted()).toEqual([
    ...["count-words.ts", "prices.ts", "several-values.ts", "stop-and-go-on.ts", "submit-and-attach.ts"],
  ]);
});

test("the example submit-and-attach hands a job to a deployment, looks at it and brings its array", async () => {
  const server = await deploymentServer({
    // A splitter that sees to the whole job with what lies in the bucket.
    instead: (service, request, response) => {
      if (service !== "lambda" || !request.url?.includes("/splitter/")) return false;
      const compute = async () => {
        const asked = (await json(request)) as { requestId: string; kernel: string };
        const folder = join(server.folder, "jobs", asked.requestId);
        const watch = { progress: new Progress(1, 1), signal: new AbortController().signal };
        await serial({ jobId: asked.requestId, request: asked, folder, workers: 1, ...watch });
        response.end(readFileSync(join(folder, "submitted.json")));
      };
      void compute();
      return true;
    },
  });
  const cwd = temporaryFolder();
  const { code, stdout, stderr } = await program(join(EXAMPLES, "submit-and-attach.ts"), cwd, server.env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n")).toEqual(["m1: 1 chunks", "true", "sum 537814, in m1", ""]);
});
