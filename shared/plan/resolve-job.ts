import type * as v from "valibot";
import { arrayShape, resolveAxis, tutorialAxis } from "../array/grid.ts";
import { chunkExcess, elementsExcess } from "../array/job-limits.ts";
import type { Kernel, Registry } from "../kernels/kernel.ts";
import type { Kernels, LoadedKernel } from "../kernels/loader.ts";
import { NewJobIdSchema } from "../messages/job-id.ts";
import { JOB_VERSION, JobRequestSchema } from "../messages/job-request.ts";
import type { Job } from "../record/job.ts";
import { parse } from "../validation/parse.ts";
import { variableName } from "../validation/variable-name.ts";
import { findKernel, loadKernel, refuse, resolveDtype, resolveParameters } from "./check-spec.ts";
import { autoChunkShape } from "./chunk-shape.ts";

const DEFAULT_SIZE = 1000;

/**
 * The job a request asks for, and its kernel. `fallbackId` names it where the request brings no id.
 * Throws InvalidInputError naming the field, and what the loader throws.
 */
export async function loadJob(
  input: unknown,
  fallbackId: string,
  kernels: Kernels,
): Promise<{ readonly job: Job; readonly kernel: LoadedKernel }> {
  const request = parse(JobRequestSchema, input, "job request");
  const kernel = await loadKernel(request.kernel, kernels);
  return { job: resolve(request, fallbackId, kernel), kernel };
}

/** As `loadJob`, where the kernels are loaded already. Throws InvalidInputError. */
export function resolveJob(input: unknown, fallbackId: string, kernels: Registry): Job {
  const request = parse(JobRequestSchema, input, "job request");
  return resolve(request, fallbackId, findKernel(request.kernel, kernels));
}

function resolve(
  request: v.InferOutput<typeof JobRequestSchema>,
  fallbackId: string,
  kernel: LoadedKernel,
): Job {
  const parameters = resolveParameters(kernel, request.parameters ?? {});
  const requested = request.grid?.axes ?? defaultGrid(kernel, DEFAULT_SIZE);
  const axes = requested.map((axis, k) => resolveAxis(axis, `grid.axes.${k}`));
  const shape = arrayShape({ axes });
  refuse(elementsExcess(shape));
  const dtype = resolveDtype(kernel, parameters, request.dtype ?? "auto");
  const { chunk = "auto" } = request;
  const chunkShape = chunk === "auto" ? autoChunkShape({ parameters, axes, dtype }, kernel) : chunk;
  refuse(chunkExcess(shape, dtype, chunkShape));
  const value = variableName(kernel.value.name);
  return {
    version: JOB_VERSION,
    jobId: request.requestId ?? parse(NewJobIdSchema, fallbackId, "job id"),
    spec: { kernel: kernel.name, parameters, axes, dtype, chunkShape, codec: request.codec ?? "zstd", value },
    chunksPerMessage: request.chunksPerMessage ?? "auto",
    ramp: request.ramp ?? "auto",
    allowMissing: request.allowMissing ?? 0,
    output: request.output,
  };
}

/** The kernel's own region at the tutorial's size: about `size` / 2 points a side. */
function defaultGrid(kernel: Kernel, size: number) {
  return kernel.axes.map(({ from, to }) => tutorialAxis(from, to, size));
}
