import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Progress } from "../../api/progress.ts";
import type { Runner } from "../../client/engines/engine.ts";
import { serial } from "../../client/engines/serial.ts";
import { threadsEngine } from "../../client/engines/threads.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { misbehavingEngine } from "../helpers/run-engine.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

afterEach(() => void vi.restoreAllMocks());

const HOUR_MS = 3_600_000;
/** Four chunks. */
const request: JobRequest = {
  ...{ kernel: "mandelbrot", points: [100, 100], chunk: [50, 50], chunksPerMessage: 1 },
  output: { plots: false },
};

/** The job's summary and how long the run took by a clock that nobody sets, and all others are set once a message is done with. */
async function runWhileSet(engine: Runner, job: JobRequest, byMs: number) {
  const { now } = Date;
  const progress = new Progress(4, 10_000);
  const running = progress.running.bind(progress);
  progress.running = (change) => {
    running(change);
    if (change < 0) vi.spyOn(Date, "now").mockImplementation(() => now() + byMs);
  };
  const signal = new AbortController().signal;
  const began = performance.now();
  const run = { jobId: "job", request: job, folder: temporaryFolder(), workers: 2, progress, signal };
  const { summary } = await engine(run);
  expect(Math.abs(Date.now() - now()), "the clock was set").toBeGreaterThan(HOUR_MS / 2);
  return { summary, wallMs: performance.now() - began };
}

/** Slots whose clock is set when they are this old: each computes chunks of 300 ms before and after. */
function slotsSetAfter(seconds: number, byMs: number): Runner {
  const preload = join(temporaryFolder(), "set-clock.cjs");
  writeFileSync(
    preload,
    `const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) { if (given.length > 0) super(...given); else super(Date.now()); }
      static now() { return Real.now() + (process.uptime() > ${seconds} ? ${byMs} : 0); }
    };`,
  );
  const environment = { MARKERS: temporaryFolder(), NODE_OPTIONS: `--require ${preload}` };
  return misbehavingEngine({ environment });
}

describe.each([
  ["forward", HOUR_MS],
  ["back", -HOUR_MS],
])("an hour %s while a job runs", (_, byMs) => {
  test.each([
    ["serial", () => serial, "mandelbrot", 0],
    ["threads", () => threadsEngine(), "mandelbrot", 0],
    ["local", () => slotsSetAfter(0.5, byMs), "slow", 600],
  ] as const)("changes nothing on engine %s", async (_engine, engine, kernel, leastMs) => {
    const { summary, wallMs } = await runWhileSet(engine(), { ...request, kernel }, byMs);
    expect(summary).toMatchObject({ state: "complete", clampedStarts: 0 });
    expect(summary.makespanMs).toBeLessThan(wallMs);
    expect(summary.makespanMs).toBeGreaterThan(leastMs);
    expect(summary.busyMs).toBeLessThanOrEqual(summary.workers * summary.makespanMs);
  });
});
