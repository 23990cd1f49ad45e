import type * as v from "valibot";
import { arrayShape } from "../array/grid.ts";
import { chunkExcess, elementsExcess } from "../array/job-limits.ts";
import { cellBytes } from "../array/spec.ts";
import { type Declaration, isSweptByDefault } from "../kernels/declaration.ts";
import type { Kernels, LoadedKernel } from "../kernels/loader.ts";
import { NewJobIdSchema } from "../messages/job-id.ts";
import { type InputRequest, type InputRequests, JobRequestSchema } from "../messages/job-request.ts";
import { type Job, STORED_JOB_VERSION } from "../record/job.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { parse, show } from "../validation/parse.ts";
import { checkPlaces } from "./check-places.ts";
import { loadKernel, refuse, resolveDtype } from "./check-spec.ts";
import { autoChunkShape } from "./chunk-shape.ts";
import { resolveInputs } from "./resolve-inputs.ts";
import { resolveMap } from "./resolve-map.ts";

type Request = v.InferOutput<typeof JobRequestSchema>;

/**
 * The job a request asks for, and its kernel. `fallbackId` names it where the request brings no id.
 * Throws InvalidInputError naming the field, and what the loader throws.
 */
export async function loadJob(
  input: unknown,
  fallbackId: string,
  kernels: Kernels,
): Promise<{ readonly job: Job; readonly kernel: LoadedKernel; readonly request: Request }> {
  const request = parse(JobRequestSchema, input, "job request");
  const { kernel: name, hash, uploaded, declaration } = request;
  const kernel = await loadKernel({ name, hash, uploaded, declaration }, kernels);
  return { job: resolveJob(request, fallbackId, kernel), kernel, request };
}

/** As `loadJob`, of a request that is parsed and a kernel that is loaded. Throws InvalidInputError. */
export function resolveJob(request: Request, fallbackId: string, kernel: LoadedKernel): Job {
  const { name, hash, declaration } = kernel;
  if (declaration.form === "task") return resolveMap(request, fallbackId, kernel);
  if (request.items)
    throw new InvalidInputError("kernel", "a task, where there are items", show(request.kernel));
  const {
    points,
    size = points ? undefined : kernel.size,
    measured,
    computeSeconds,
    seed = 0,
    chunk = "auto",
    dtype = "auto",
  } = request;
  const inputs = inputsOf(request, declaration);
  const resolved = resolveInputs(declaration, { inputs, points, size }, fieldIn(request, inputs));
  const shape = arrayShape(resolved);
  refuse(elementsExcess(shape));
  checkPlaces(request.output.at, resolved.axes, declaration);
  const values = declaration.values.map((value) => ({
    name: value.name,
    dtype: resolveDtype(value, resolved, dtype),
  }));
  const chunkShape = chunk === "auto" ? autoChunkShape({ ...resolved, values, measured }, kernel) : chunk;
  refuse(chunkExcess(shape, cellBytes({ values }), chunkShape));
  return {
    version: STORED_JOB_VERSION,
    jobId: request.requestId ?? parse(NewJobIdSchema, fallbackId, "job id"),
    spec: {
      kernel: name,
      ...(hash !== undefined && { hash }),
      ...resolved,
      values,
      chunkShape,
      codec: request.codec ?? "zstd",
      seed,
    },
    declaration,
    ...(measured && { measured }),
    ...(computeSeconds !== undefined && { computeSeconds }),
    chunksPerMessage: request.chunksPerMessage ?? "auto",
    ramp: request.ramp ?? "auto",
    allowMissing: request.allowMissing ?? 0,
    ...(request.maxUsd !== undefined && { maxUsd: request.maxUsd }),
    output: request.output,
  };
}

/** The inputs as a request gives them, in either spelling: `parameters` and `grid` are those of former versions. */
function inputsOf({ inputs, parameters, grid }: Request, declaration: Declaration): InputRequests {
  if (inputs === undefined) return { ...axesByPlace(grid?.axes, declaration), ...parameters };
  if (parameters !== undefined || grid !== undefined)
    throw new InvalidInputError("job request inputs", "given without parameters and grid", "both");
  return inputs;
}

/** The field in which a request says something of an input, in its own spelling. */
function fieldIn({ parameters, grid }: Request, inputs: InputRequests) {
  const swept = grid ? Object.keys(inputs).filter((name) => typeof inputs[name] === "object") : [];
  return (input: string) => {
    if (parameters && Object.hasOwn(parameters, input)) return `parameters.${input}`;
    return swept.includes(input) ? `grid.axes.${swept.indexOf(input)}` : `inputs.${input}`;
  };
}

/** The last of the inputs that are swept by default; the others of them are held fixed. */
function axesByPlace(
  axes: NonNullable<Request["grid"]>["axes"] | undefined,
  { inputs }: Declaration,
): InputRequests {
  if (!axes) return {};
  const swept = Object.entries(inputs).filter(([, input]) => isSweptByDefault(input));
  if (axes.length > swept.length)
    throw new InvalidInputError(
      "grid.axes",
      `at most ${swept.length}, as the kernel sweeps`,
      `${axes.length}`,
    );
  const open = axes.findIndex(({ step, count }) => step === undefined && count === undefined);
  if (open >= 0) throw new InvalidInputError(`grid.axes.${open}`, "given either step or count", "neither");
  const first = swept.length - axes.length;
  return Object.fromEntries(
    swept.flatMap(([name, input], k): [string, InputRequest][] => {
      if (k >= first) return [[name, axes[k - first]!]];
      return input.default === undefined ? [] : [[name, input.default]];
    }),
  );
}
