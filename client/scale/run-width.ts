/** A job's run in a process of its own, from its start to its end, as a user would time it. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { ENV } from "../../shared/validation/env.ts";
import { ManyhandsError } from "../../shared/validation/errors.ts";
import type { MeasuredRun } from "./scaling.ts";

/** The run of a width ended without all its chunks; the message is what it said. */
class RunFailedError extends ManyhandsError {
  override readonly name = "RunFailedError";
  readonly permanent = true;

  constructor(workers: number, exitCode: number, said: string) {
    super(`Expected the run on ${workers} workers to complete, it ended with ${exitCode}: ${said.trim()}`);
  }
}

export interface WidthOptions {
  readonly engine: string;
  readonly workers: number;
  /** The plain functions in place of their compiled twins. */
  readonly isPlain: boolean;
  /** The interpreter for a kernel of Python, where one was named. */
  readonly python: string | undefined;
  /** The program, as Node runs it: `cli/main.js`. */
  readonly program: string;
  readonly signal: AbortSignal;
}

/** What `run --json` prints, as far as it is used here. */
type Printed = Pick<Summary, "busyMs" | "chunks" | "computeMs" | "slowestChunk" | "state"> & {
  readonly phasesMs: Readonly<Record<string, number>>;
};

/** Runs the job in a folder that is removed. Throws RunFailedError, and the signal's reason once that is aborted. */
export async function runWidth(request: JobRequest, options: WidthOptions): Promise<MeasuredRun> {
  const { engine, workers, isPlain, python, program, signal } = options;
  signal.throwIfAborted();
  const folder = mkdtempSync(join(tmpdir(), "manyhands-scale-"));
  const args = [
    "run",
    "--request",
    "-",
    "--engine",
    engine,
    "--workers",
    `${workers}`,
    "--json",
    "--no-report",
    ...(python === undefined ? [] : ["--python", python]),
  ];
  const beganMs = performance.now();
  const child = spawn(process.execPath, [program, ...args, "--out", join(folder, "job")], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...(isPlain && { [ENV.plain]: "1" }) },
  });
  const stop = () => child.kill("SIGINT");
  signal.addEventListener("abort", stop);
  try {
    child.stdin.on("error", () => {}); // it may end without reading, and its exit code says why
    // A kernel of a file is named by it: no other process knows its name.
    child.stdin.end(JSON.stringify({ ...request, kernel: request.file ?? request.kernel }));
    const exit = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
    const [code, printed, said] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
    const seconds = (performance.now() - beganMs) / 1000;
    signal.throwIfAborted();
    if (code !== 0) throw new RunFailedError(workers, code, said);
    const { phasesMs, chunks, computeMs, busyMs, slowestChunk } = JSON.parse(printed) as Printed;
    const inSeconds = Object.entries(phasesMs).map(([phase, ms]) => [phase, ms / 1000] as const);
    return {
      ...{ workers, seconds, phases: Object.fromEntries(inSeconds), chunks: chunks.total },
      ...{ compute: computeMs / 1000, busy: busyMs / 1000, slowest: (slowestChunk?.cpuMs ?? 0) / 1000 },
    };
  } finally {
    signal.removeEventListener("abort", stop);
    rmSync(folder, { recursive: true, force: true });
  }
}
