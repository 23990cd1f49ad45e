/** What the chunks of a real job cost: kernel time by chunk, from a run of the engine `serial`. */
import { serial } from "../../client/engines/serial.ts";
import { layoutOf } from "../../shared/array/layout.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import type { Job } from "../../shared/record/job.ts";
import { runJob } from "../measuring/local-job.ts";
import { regionRequest, resolvedJob } from "../measuring/requests.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";

/** Points a side, and those of a chunk. */
export const RECORDED = { side: 2000, chunk: 25 } as const;

/** The default region from side x side points in square chunks, by default at 1,000 iterations. */
function requestOf(side: number, chunk: "auto" | number, inputs: JobRequest["inputs"] = {}): JobRequest {
  const cut = chunk === "auto" ? chunk : [chunk, chunk];
  return regionRequest("mandelbrot", side, { chunk: cut, inputs });
}

export function jobOf(...request: Parameters<typeof requestOf>): Job {
  return resolvedJob(requestOf(...request), "balance");
}

/** The kernel's wall time by chunk in microseconds, as one line of numbers. */
export async function record(): Promise<string> {
  const microseconds: number[] = [];
  await inTemporaryFolder((folder) =>
    runJob(serial, folder, requestOf(RECORDED.side, RECORDED.chunk), {
      workers: 1,
      reported({ chunks }) {
        for (const { chunk, times } of chunks)
          microseconds[chunk] = Math.round((times?.computeMs ?? 0) * 1000);
      },
    }),
  );
  return microseconds.join(" ");
}

/**
 * Seconds by chunk: the least of the runs, what a chunk takes when no other process has the core. (The processor's
 * time, which would not need that, is counted in ticks longer than a chunk.)
 */
export function chunkSeconds(runs: readonly string[]): Float64Array {
  const numbers = runs.map((run) => run.split(" ").map(Number));
  return Float64Array.from(
    numbers[0] ?? [],
    (_, chunk) => Math.min(...numbers.map((run) => run[chunk] ?? Number.NaN)) / 1e6,
  );
}

/**
 * Seconds by chunk of a job from `times` as many points a side, whose chunks consist of whole recorded ones: each part of
 * the region is taken to cost times² as much as was recorded.
 */
export function costsIn({ spec }: Job, recorded: Float64Array, times: number): Float64Array {
  const parts = layoutOf(jobOf(RECORDED.side * times, RECORDED.chunk * times).spec);
  const larger = layoutOf(spec);
  const sums = new Float64Array(larger.total);
  recorded.forEach((seconds, chunk) => {
    sums[larger.chunkAt(parts.chunk(chunk).from).index]! += seconds * times ** 2;
  });
  return sums;
}
