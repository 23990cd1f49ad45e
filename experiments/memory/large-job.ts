import type { Stage } from "../../shared/bundling.ts";
import { runLocalJob } from "../measuring/local-job.ts";
import { eachProcess } from "../measuring/processes.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";

export interface LargeJob {
  /** Points a side. */
  readonly side: number;
  readonly workerMb: number;
  readonly chunks: number;
  readonly arrayMb: number;
  readonly peakMb: Readonly<Record<Stage | "client", number>>;
}

/** All that a job can make of the default region, with workers that are told to have so much memory. */
export function runLargeJob(side: number, workerMb: number): Promise<LargeJob> {
  const axes = [
    { from: 1.3, to: -1.3, count: side },
    { from: -2.13, to: 0.77, count: side },
  ];
  const request = { kernel: "mandelbrot", grid: { axes }, output: { plot3d: true, npy: true } };
  return inTemporaryFolder(async (folder) => {
    const environment = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${workerMb}` };
    const { summary, used } = await runLocalJob(folder, request, { environment });
    return {
      ...{ side, workerMb, chunks: summary.chunks.total, arrayMb: (side * side * 2) / 1e6 },
      peakMb: eachProcess(used, ({ peakMb }) => peakMb),
    };
  });
}
