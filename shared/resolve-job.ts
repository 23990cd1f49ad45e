import { findKernel, refuse, resolveDtype, resolveParameters } from "./check-spec.ts";
import { autoChunkShape } from "./chunk-shape.ts";
import { arrayShape, resolveAxis, tutorialAxis } from "./grid.ts";
import type { Job } from "./job.ts";
import { NewJobIdSchema } from "./job-id.ts";
import { chunkExcess, elementsExcess } from "./job-limits.ts";
import { JOB_VERSION, JobRequestSchema } from "./job-request.ts";
import type { Kernel, Registry } from "./kernels/kernel.ts";
import { parse } from "./parse.ts";
import { variableName } from "./variable-name.ts";

const DEFAULT_SIZE = 1000;

/**
 * The job a request asks for. `fallbackId` names it where the request brings no id.
 * Throws InvalidInputError naming the field.
 */
export function resolveJob(input: unknown, fallbackId: string, kernels: Registry): Job {
  const request = parse(JobRequestSchema, input, "job request");
  const kernel = findKernel(request.kernel, kernels);
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
export function defaultGrid(kernel: Kernel, size: number) {
  return kernel.axes.map(({ from, to }) => tutorialAxis(from, to, size));
}
