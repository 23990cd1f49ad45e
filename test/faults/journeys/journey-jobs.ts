/** The jobs of journeys: few, so that what each must give is computed once. */
import type { JobRequest } from "../../../shared/messages/job-request.ts";

const rows = { from: -1.5, to: 1.5 };
const columns = { from: -2, to: 2 };
const angles = { angle2: rows, angle1: columns };
const pendulum = { kernel: "double-pendulum", requestId: "j" } as const;

/** Some tens of milliseconds a chunk, so that there is a middle of a run to be met in. */
export const JOBS = {
  plotted: {
    ...pendulum,
    ...{ inputs: { ...angles, duration: 30 }, points: [44, 44], chunk: [10, 10], chunksPerMessage: 2 },
    ...{ codec: "zstd", output: { plots: true } },
  },
  exported: {
    ...{ requestId: "j", kernel: "mandelbrot", inputs: { y: rows, x: columns, maxIterations: 60_000 } },
    ...{ points: [200, 200], chunk: [50, 50], chunksPerMessage: 1, dtype: "uint32" },
    ...{ codec: "gzip", output: { plots: false, npy: true } },
  },
  /** Three seconds of two cores. */
  dear: {
    ...pendulum,
    ...{ inputs: { ...angles, duration: 200 }, points: [60, 60], chunk: [10, 10], chunksPerMessage: 1 },
    ...{ codec: "none", dtype: "float32", output: { plots: false } },
  },
  /** 320 KB. */
  large: {
    ...pendulum,
    ...{ inputs: { ...angles, duration: 1 }, points: [200, 200], chunk: [50, 50], chunksPerMessage: 1 },
    ...{ codec: "none", dtype: "float64", output: { plots: false } },
  },
} as const satisfies Record<string, JobRequest & { readonly requestId: string }>;
export type JobName = keyof typeof JOBS;

export const JOB_ID = "j";

const gridSize = ({ points, chunk }: (typeof JOBS)[JobName]) =>
  points.reduce<number>((product, count, k) => product * Math.ceil(count / chunk[k]!), 1);

export const CHUNKS = Object.fromEntries(
  Object.entries(JOBS).map(([name, job]) => [name, gridSize(job)]),
) as Record<JobName, number>;
