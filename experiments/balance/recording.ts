/** What the chunks of real jobs cost: kernel time by chunk, from a run of the engine `serial`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serial } from "../../cli/engines/serial.ts";
import type { Layout } from "../../shared/array/layout.ts";
import { mandelbrot } from "../../shared/kernels/mandelbrot.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";

export type Cut = "auto" | readonly number[];

/** The default region at 1,000 iterations, side x side points. */
export function requestOf(side: number, chunk: Cut): JobRequest {
  const axes = mandelbrot.axes.map(({ from, to }) => ({ from, to, count: side }));
  return {
    kernel: "mandelbrot",
    grid: { axes },
    chunk: chunk === "auto" ? chunk : [...chunk],
    output: { plots: false },
  };
}

/** The kernel's wall time by chunk in microseconds, as one line of numbers. */
export async function record(request: JobRequest): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-balance-"));
  const microseconds: number[] = [];
  try {
    await serial({
      jobId: "balance",
      request,
      folder,
      workers: 1,
      signal: new AbortController().signal,
      progress: {
        running() {},
        buried() {},
        counted() {},
        fetching() {},
        lost() {},
        reported({ chunks }) {
          for (const { chunk, times } of chunks)
            microseconds[chunk] = Math.round((times?.computeMs ?? 0) * 1000);
        },
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return microseconds.join(" ");
}

/**
 * Seconds by chunk: the least of the runs, what a chunk takes when nobody else has the core. (The processor's
 * time, which would not need that, is counted in ticks longer than a chunk.)
 */
export function chunkSeconds(runs: readonly string[]): Float64Array {
  const numbers = runs.map((run) => run.split(" ").map(Number));
  return Float64Array.from(
    numbers[0] ?? [],
    (_, chunk) => Math.min(...numbers.map((run) => run[chunk] ?? Number.NaN)) / 1e6,
  );
}

/** The same array cut into larger chunks, each of whole ones of those before. */
export function asLargerChunks(seconds: Float64Array, parts: Layout, larger: Layout): Float64Array {
  const sums = new Float64Array(larger.total);
  seconds.forEach((each, chunk) => {
    sums[larger.chunkAt(parts.chunk(chunk).from).index]! += each;
  });
  return sums;
}
