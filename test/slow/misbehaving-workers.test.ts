import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { InterruptedError } from "../../client/engines/engine.ts";
import { localEngine } from "../../client/engines/local.ts";
import { serial } from "../../client/engines/serial.ts";
import { SILENT_DEATH } from "../../functions/aggregator/summarize.ts";
import { sameBytes } from "../helpers/arrays.ts";
import { misbehavingEngine, runEngine, twentyChunks } from "../helpers/run-engine.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const request = (kernel: string, chunksPerMessage = 1) =>
  twentyChunks(kernel, { chunksPerMessage, output: { plots: true } });
const oracle = () => runEngine(serial, request("mandelbrot"));

test("a worker killed by SIGKILL in mid-chunk is replaced, and the job completes with the same bytes", async () => {
  const { summary, array, folder } = await runEngine(misbehavingEngine(), request("dies-once"), {
    workers: 1,
  });
  expect(summary).toMatchObject({ state: "complete", chunks: { done: 20, failed: 0 } });
  expect(sameBytes(array, (await oracle()).array)).toBe(true);
  const logs = readdirSync(join(folder, "logs")).filter((name) => name.startsWith("worker-"));
  expect(logs).toHaveLength(2);
});

test("a worker that hangs is killed at its timeout, and the job completes with the same bytes", async () => {
  const { summary, array } = await runEngine(misbehavingEngine({ timeoutMs: 1500 }), request("hangs-once"));
  expect(summary.state).toBe("complete");
  expect(sameBytes(array, (await oracle()).array)).toBe(true);
});

test("the messages of a dead worker wait out the visibility timeout where that is asked for", async () => {
  const engine = misbehavingEngine({ timeoutMs: 1500, waitOutVisibility: true });
  const { summary, array } = await runEngine(engine, request("dies-once"));
  expect(summary.state).toBe("complete");
  expect(summary.makespanMs).toBeGreaterThan(8000); // the visibility timeout is 6 x 1.5 s
  expect(sameBytes(array, (await oracle()).array)).toBe(true);
});

test("a kernel that throws once is tried again, and its failed attempt is counted", async () => {
  const { summary } = await runEngine(misbehavingEngine(), request("throws-once"));
  expect(summary).toMatchObject({ state: "complete", failedAttempts: 1 });
});

test("a poison chunk in a message of 20 costs exactly one failed chunk, and the rest is readable", async () => {
  const { summary, array, folder, progress } = await runEngine(misbehavingEngine(), request("poison", 20));
  expect(progress).toMatchObject({ done: 19, failed: 1, active: 0 });
  expect(summary).toMatchObject({ state: "incomplete", chunks: { total: 20, done: 19, failed: 1 } });
  expect(summary.failures).toMatchObject([
    { chunk: 0, error: "Error: this chunk is poison", logStream: expect.stringMatching(/^worker-/) },
  ]);
  expect(summary.failures[0]?.attempts).toBe(2); // once among the 20, then once alone
  const whole = (await oracle()).array;
  const holes = [...array].filter((value) => value === 65535).length;
  expect(holes).toBe(100);
  expect(array[39]).toBe(whole[39]);
  expect(existsSync(join(folder, "heatmap.png"))).toBe(true);
});

test("a chunk that kills every worker fails and says that nobody could say why", async () => {
  const { summary } = await runEngine(misbehavingEngine(), request("always-dies"));
  expect(summary).toMatchObject({ state: "incomplete", chunks: { done: 19, failed: 1 } });
  expect(summary.failures[0]).toMatchObject({
    chunk: 0,
    error: SILENT_DEATH,
  });
});

test("the logs are JSON lines with job and chunk", async () => {
  const { folder } = await runEngine(misbehavingEngine(), request("throws-once"));
  const logs = readdirSync(join(folder, "logs")).filter((name) => name.startsWith("worker-"));
  const lines = logs
    .flatMap((name) =>
      readFileSync(join(folder, "logs", name), "utf8")
        .trim()
        .split("\n"),
    )
    .map((line) => JSON.parse(line));
  expect(lines.find(({ message }) => message === "chunk failed")).toMatchObject({
    jobId: "job",
    chunk: 0,
    service: "worker",
  });
  expect(lines.filter(({ message }) => message === "message done").length).toBeGreaterThanOrEqual(20);
});

test("an aggregator that cannot write ends the run with where to look, not in a hang", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "summary.json/in-the-way"), { recursive: true });
  const running = runEngine(localEngine({ retryAfterSeconds: 0 }), request("mandelbrot"), { folder });
  await expect(running).rejects.toThrow(/aggregator could not handle a report; why is in .*logs/);
});

test("a run that is interrupted before anything has started starts nothing", async () => {
  const interruption = new AbortController();
  interruption.abort();
  const folder = temporaryFolder();
  const running = runEngine(localEngine(), request("mandelbrot"), { folder, signal: interruption.signal });
  await expect(running).rejects.toThrow(InterruptedError);
  expect(readdirSync(folder)).toEqual([]);
});
