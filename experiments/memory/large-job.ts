import { runLocalJob } from "../measuring/local-job.ts";
import { eachProcess } from "../measuring/processes.ts";
import { regionRequest } from "../measuring/requests.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";

export type LargeJob = Awaited<ReturnType<typeof runLargeJob>>;

/** All that a job can make of the default region, `side` x `side` points, with workers that are told to have `workerMb`. */
export function runLargeJob(side: number, workerMb: number) {
  const request = regionRequest("mandelbrot", side, { output: { plot3d: true, npy: true } });
  return inTemporaryFolder(async (folder) => {
    const environment = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${workerMb}` };
    const { summary, used } = await runLocalJob(folder, request, { environment });
    return {
      ...{ side, workerMb, chunks: summary.chunks.total, arrayMb: (side * side * 2) / 1e6 },
      peakMb: eachProcess(used, ({ peakMb }) => peakMb),
    };
  });
}
