/** From a kernel and the options of an array, or from a whole request, to a job request. */
import { resolve } from "node:path";
import { isKernelFile, kernelMeant, type MeantKernel } from "../client/kernels/meant-kernel.ts";
import { type InputRequests, type JobRequest, JobRequestSchema } from "../shared/messages/job-request.ts";
import { refuseTask } from "../shared/plan/resolve-map.ts";
import { parse, parseJson, show } from "../shared/validation/parse.ts";
import type { ArrayOptions, RequestOptions } from "./options.ts";
import { pathOfFile } from "./path-of-file.ts";
import { folderOfRequest, readRequestFile } from "./request-file.ts";

/** Throws InvalidInputError for a task. */
export function requestOfKernel(
  { kernel, file }: MeantKernel,
  inputs: InputRequests,
  options: ArrayOptions,
): JobRequest {
  if (kernel.declaration.form === "task") refuseTask(show(file ?? kernel.name));
  return withoutUndefined({
    kernel: kernel.name,
    ...(file !== undefined && fileFields(kernel, file)),
    inputs,
    points: options.points as number[] | undefined,
    ...{ size: options.size, seed: options.seed, dtype: options.dtype, codec: options.codec },
    chunk: options.chunk as number[] | undefined,
    chunksPerMessage: options.chunksPerMessage,
    ...{ ramp: options.ramp, allowMissing: options.allowMissing, maxUsd: options.maxUsd },
    output: withoutUndefined({
      ...{ plots: options.plots, plot3d: options.plot3d, npy: options.npy },
      ...{ colormap: options.colormap, scale: options.scale },
      at: options.at && (withoutUndefined(options.at) as Record<string, never>),
    }),
  });
}

/** The request that is given whole, or in a file. A kernel's path in it begins at the file's folder. Throws InvalidInputError. */
export async function wholeRequest(
  { request: given, python }: Pick<RequestOptions, "request" | "python">,
  field: string,
): Promise<JobRequest> {
  const isFile = typeof given === "string" || given instanceof URL;
  const path = isFile ? pathOfFile(given, field) : undefined;
  const value = path === undefined ? given : parseJson(await readRequestFile(path, field), field);
  const request = parse(JobRequestSchema, value, "job request");
  return withKernelFile(request, path === undefined ? "." : folderOfRequest(path), python);
}

/** A request may name a kernel's file by its path from the request's folder: `"kernel": "./spot.ts"`. */
async function withKernelFile(request: JobRequest, folder: string, python?: string): Promise<JobRequest> {
  const named = isKernelFile(request.kernel) ? resolve(folder, request.kernel) : request.kernel;
  const { kernel, file }: MeantKernel = await kernelMeant(named, { python });
  return file === undefined ? request : { ...request, kernel: kernel.name, ...fileFields(kernel, file) };
}

/** What a request says of a kernel from a file. */
function fileFields({ hash, declaration }: MeantKernel["kernel"], file: string): Partial<JobRequest> {
  const { language } = declaration;
  return { hash, file, ...(language && { declaration: { ...declaration, language } }) };
}

type WithoutUndefined<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

/** A field of an object that is undefined is one that is not given. */
export function withoutUndefined<Fields extends object>(fields: Fields): WithoutUndefined<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as WithoutUndefined<Fields>;
}
