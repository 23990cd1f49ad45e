/** The jobs whose time and cost are simulated: the same grid, coarser, is what is computed to record what its parts take. */
import { join } from "node:path";
import { kernelMeant } from "../../client/kernels/meant-kernel.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import { type JobRequest, JobRequestSchema } from "../../shared/messages/job-request.ts";
import { resolveJob } from "../../shared/plan/resolve-job.ts";
import type { Job } from "../../shared/record/job.ts";
import { parse } from "../../shared/validation/parse.ts";
import { ROOT } from "../measuring/machine.ts";

export interface SimulatedJob {
  readonly title: string;
  /** One of the project, or a file of examples/kernels. */
  readonly kernel: string;
  readonly points: readonly number[];
  /** The points of the recording, and how many parts it tells apart along each axis. */
  readonly recorded: readonly number[];
  readonly parts: readonly number[];
}

export const JOBS = [
  {
    title: "mandelbrot, 500 x 500 (the default job)",
    ...{ kernel: "mandelbrot", points: [500, 500], recorded: [500, 500], parts: [20, 20] },
  },
  {
    title: "mandelbrot, 4,000 x 4,000",
    ...{ kernel: "mandelbrot", points: [4000, 4000], recorded: [2000, 2000], parts: [40, 40] },
  },
  {
    title: "double-pendulum, 4,000 x 4,000",
    ...{ kernel: "double-pendulum", points: [4000, 4000], recorded: [800, 800], parts: [40, 40] },
  },
  {
    title: "mandelbrot, 16,000 x 16,000",
    ...{ kernel: "mandelbrot", points: [16_000, 16_000], recorded: [2000, 2000], parts: [40, 40] },
  },
  {
    title: "black-scholes.ts, 400 x 400 x 100",
    ...{ kernel: "black-scholes.ts", points: [400, 400, 100], recorded: [100, 100, 40], parts: [10, 10, 4] },
  },
  {
    title: "gray-scott.ts, 150 x 100",
    ...{ kernel: "gray-scott.ts", points: [150, 100], recorded: [24, 16], parts: [12, 8] },
  },
] as const satisfies readonly SimulatedJob[];

/** Loads its kernel, which is built where it is a file. */
export async function kernelOf({ kernel }: SimulatedJob): Promise<LoadedKernel> {
  const named = kernel.endsWith(".ts") ? join(ROOT, "examples/kernels", kernel) : kernel;
  return (await kernelMeant(named)).kernel;
}

/** A job of the kernel with that many points and chunks of that shape. */
export function jobOf(
  kernel: LoadedKernel,
  points: readonly number[],
  more: Partial<Pick<JobRequest, "chunk" | "measured">> = {},
): Job {
  const { name, hash } = kernel;
  const request = { kernel: name, ...(hash && { hash }), points, ...more };
  return resolveJob(parse(JobRequestSchema, request, "job request"), "cost", kernel);
}
