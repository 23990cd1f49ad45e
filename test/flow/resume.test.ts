import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { serial } from "../../cli/engines/serial.ts";
import type { JobRequest } from "../../shared/job.ts";
import { FileStore } from "../../shared/stores/file-store.ts";
import { sameBytes, storedArray } from "../helpers/arrays.ts";
import { runCli, startCli } from "../helpers/cli.ts";
import { misbehavingEngine, runEngine } from "../helpers/run-engine.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** 36 chunks of some 50 ms each. */
const JOB = ["double-pendulum", "--points", "60x60", "--chunk", "10x10", "--chunks-per-message", "2"];
const OPTIONS = [...JOB, "--duration", "60", "--no-plots", "--job-id", "j"];
const CHUNKS = 36;

const chunksIn = (folder: string) =>
  existsSync(join(folder, "array/c"))
    ? readdirSync(join(folder, "array/c"), { recursive: true, encoding: "utf8" }).filter((name) =>
        /^\d+\/\d+$/.test(name),
      )
    : [];

/** How many chunks the workers say that they computed. */
function computedIn(folder: string): number {
  const lines = readdirSync(join(folder, "logs"))
    .filter((name) => name.startsWith("worker-"))
    .flatMap((name) => readFileSync(join(folder, "logs", name), "utf8").split("\n"));
  return lines
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .reduce((sum, { computed = [] }) => sum + computed.length, 0);
}

async function bytesOf(cwd: string, id: string) {
  return storedArray(new FileStore({ [`jobs/${id}/`]: join(cwd, "results", id) }), id);
}

let oracle: ReturnType<typeof wholeJob> | undefined;
async function wholeJob() {
  const cwd = temporaryFolder();
  expect((await runCli(["run", ...OPTIONS, "--engine", "threads", "-q"], { cwd })).code).toBe(0);
  return bytesOf(cwd, "j");
}

test.each(["local", "threads", "serial"])(
  "a job whose process was killed goes on from its folder, on engine %s, with what is missing",
  async (engine) => {
    const cwd = temporaryFolder();
    const folder = join(cwd, "results/j");
    const { child, ended } = startCli(["run", ...OPTIONS, "--engine", engine], { cwd });
    await vi.waitUntil(() => chunksIn(folder).length >= 6, { timeout: 20_000, interval: 5 });
    child.kill("SIGKILL");
    await ended;
    expect(existsSync(join(folder, "summary.json"))).toBe(false);
    // A slot ends with its parent, but not in the middle of a chunk.
    const counts: number[] = [];
    const isQuiet = () => counts.push(chunksIn(folder).length) > 1 && counts.at(-1) === counts.at(-2);
    await vi.waitUntil(isQuiet, { interval: 400, timeout: 20_000 });
    const stored = counts.at(-1)!;
    const computedBefore = engine === "local" ? computedIn(folder) : 0;

    const resumed = await runCli(["resume", "j", "--engine", engine, "--json"], { cwd });
    expect(resumed.stderr).toBe("");
    expect(JSON.parse(resumed.stdout)).toMatchObject({ state: "complete", round: 1, engine });
    expect(resumed.code).toBe(0);
    if (engine === "local") expect(computedIn(folder) - computedBefore).toBe(CHUNKS - stored);
    oracle ??= wholeJob();
    expect(sameBytes(await bytesOf(cwd, "j"), await oracle)).toBe(true);
    expect(existsSync(join(folder, "running.pid"))).toBe(false);
  },
);

test("a job that is interrupted says how it goes on, and does so on another engine", async () => {
  const cwd = temporaryFolder();
  const { child, ended } = startCli(["run", ...OPTIONS, "--engine", "serial"], { cwd });
  await vi.waitUntil(() => chunksIn(join(cwd, "results/j")).length >= 3, { timeout: 20_000, interval: 5 });
  const second = await runCli(["resume", "j"], { cwd });
  expect(second.stderr).toMatch(
    /^Expected job to be one that nobody is computing, got .* which process \d+ is at\./,
  );
  expect(second.code).toBe(2);
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(
    /^Interrupted: \d+ of 36 chunks are stored in results\/j\.\n +manyhands resume results\/j/,
  );
  const { stdout } = await runCli(["resume", "results/j", "--engine", "threads"], { cwd });
  expect(stdout).toContain("on engine threads: complete");
});

test("cancel stops a job that another process computes, and resume goes on with it", async () => {
  for (const engine of ["local", "threads"]) {
    const cwd = temporaryFolder();
    const { ended } = startCli(["run", ...OPTIONS, "--engine", engine, "--json"], { cwd });
    await vi.waitUntil(() => chunksIn(join(cwd, "results/j")).length >= 3, { timeout: 20_000, interval: 5 });
    const cancelled = await runCli(["cancel", "j"], { cwd });
    expect(cancelled.stdout).toMatch(/^Cancelled: no chunk of j is begun any more\./);
    const { stdout, code } = await ended;
    const { state, chunks } = JSON.parse(stdout);
    expect(state).toBe("cancelled");
    expect(code).toBe(3);
    expect(chunks.done).toBeLessThan(CHUNKS);
    const again = JSON.parse((await runCli(["retry", "j", "--json"], { cwd })).stdout);
    expect(again).toMatchObject({ state: "complete", chunks: { done: CHUNKS } });
  }
}, 120_000);

test("a complete job lacks nothing: resume computes nothing, and mends what is corrupt", async () => {
  const cwd = temporaryFolder();
  const folder = join(cwd, "results/s");
  await runCli(["run", "--size", "100", "--chunk", "10x10", "--job-id", "s", "--quiet"], { cwd });
  const before = readFileSync(join(folder, "summary.json"), "utf8");
  for (const engine of ["local", "threads", "serial"]) {
    const { code, stdout } = await runCli(["resume", "s", "--engine", engine], { cwd });
    expect(stdout).toContain("the tutorial's own sum");
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "summary.json"), "utf8")).toBe(before);
  }
  const path = join(folder, "array/c/1/2");
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0, 0, 4));
  const { stdout } = await runCli(["resume", "s", "--json"], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ state: "complete", round: 1, sum: 509_274 });
});

test("a tolerated share of failed chunks is exit code 0, and no more than that", async () => {
  const request: JobRequest = {
    ...{ kernel: "poison", chunk: [10, 10], chunksPerMessage: 1, output: { plots: false } },
    grid: {
      axes: [
        { from: 1.3, to: -1.3, count: 50 },
        { from: -2.13, to: 0.77, count: 40 },
      ],
    },
  };
  const { summary } = await runEngine(misbehavingEngine(), { ...request, allowMissing: 0.05 });
  expect(summary).toMatchObject({ state: "incomplete", tolerated: true, chunks: { failed: 1, total: 20 } });
  const strict = await runEngine(misbehavingEngine(), { ...request, allowMissing: 0.049 });
  expect(strict.summary).toMatchObject({ state: "incomplete", tolerated: false });
  // What poisoned it is gone where the plain kernel computes, as after a mended bug: only that chunk is computed.
  const job = JSON.parse(readFileSync(join(strict.folder, "job.json"), "utf8"));
  writeFileSync(
    join(strict.folder, "job.json"),
    JSON.stringify({ ...job, spec: { ...job.spec, kernel: "mandelbrot" } }),
  );
  const retried = await runCli(["retry", strict.folder, "--engine", "serial", "--json"]);
  expect(JSON.parse(retried.stdout)).toMatchObject({ state: "complete", round: 1, failures: [] });
  const whole = await runEngine(serial, { ...request, kernel: "mandelbrot" });
  expect(sameBytes(await storedArray(strict.store, "job"), whole.array)).toBe(true);
});

test.each([
  [["resume", "nobody"], 'Expected job to be a job\'s folder, or the id of one below results/, got "nobody"'],
  [["resume", "/"], "Expected job to be a job's folder"],
  [["cancel", "../x"], "Expected job to be 1 to 64 characters"],
  [["resume", "j", "--engine", "nosuch"], "Expected --engine to be one of"],
  [["run", "--allow-missing", "2"], 'Expected --allow-missing to be a share such as 0.01 or 1%, got "2".'],
  [["run", "--allow-missing", "all"], "Expected --allow-missing to be a share"],
])("%s is refused with a sentence", async (args, sentence) => {
  const { code, stderr } = await runCli(args, { cwd: temporaryFolder() });
  expect(stderr).toContain(sentence);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(code).toBe(2);
});
