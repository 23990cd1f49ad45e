/** The jobs of journeys: few, so that what each must give is computed once. */
import type { JobRequest } from "../../../shared/messages/job-request.ts";

const square = (count: number) => [
  { from: -1.5, to: 1.5, count },
  { from: -2, to: 2, count },
];
const pendulum = { kernel: "double-pendulum", requestId: "j" } as const;

/** Some tens of milliseconds a chunk, so that there is a middle of a run to be met in. */
export const JOBS = {
  plotted: {
    ...pendulum,
    ...{ grid: { axes: square(44) }, chunk: [10, 10], parameters: { duration: 30 }, chunksPerMessage: 2 },
    ...{ codec: "zstd", output: { plots: true } },
  },
  exported: {
    ...{ requestId: "j", kernel: "mandelbrot", parameters: { maxIterations: 60_000 } },
    ...{ grid: { axes: square(200) }, chunk: [50, 50], chunksPerMessage: 1, dtype: "uint32" },
    ...{ codec: "gzip", output: { plots: false, npy: true } },
  },
  /** Three seconds of two cores. */
  dear: {
    ...pendulum,
    ...{ grid: { axes: square(60) }, chunk: [10, 10], parameters: { duration: 200 }, chunksPerMessage: 1 },
    ...{ codec: "none", dtype: "float32", output: { plots: false } },
  },
  /** 320 KB. */
  large: {
    ...pendulum,
    ...{ grid: { axes: square(200) }, chunk: [50, 50], parameters: { duration: 1 }, chunksPerMessage: 1 },
    ...{ codec: "none", dtype: "float64", output: { plots: false } },
  },
} as const satisfies Record<string, JobRequest & { readonly requestId: string }>;
export type JobName = keyof typeof JOBS;

export const JOB_ID = "j";

const gridSize = ({ grid, chunk }: (typeof JOBS)[JobName]) =>
  grid.axes.reduce((product, { count }, k) => product * Math.ceil(count / chunk[k]!), 1);

export const CHUNKS = Object.fromEntries(
  Object.entries(JOBS).map(([name, job]) => [name, gridSize(job)]),
) as Record<JobName, number>;
