import { type AxisRequest, MAX_POINTS_PER_AXIS, tutorialAxis } from "../../shared/array/grid.ts";
import { MAX_CHUNKS_PER_MESSAGE } from "../../shared/array/job-limits.ts";
import type { Kernel } from "../../shared/kernels/kernel.ts";
import { type JobRequest, JobRequestSchema } from "../../shared/messages/job-request.ts";
import { loadKernel, resolveParameters } from "../../shared/plan/check-spec.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { parse, parseJson, show } from "../../shared/validation/parse.ts";
import { kernels } from "../kernels/loader.ts";
import { readRequestFile } from "./request-file.ts";

/** The command line's options for a job, each value as the user typed it. */
export interface RequestOptions {
  readonly request?: string;
  readonly size?: string;
  readonly points?: string;
  readonly x?: string;
  readonly y?: string;
  readonly chunk?: string;
  readonly chunksPerMessage?: string;
  readonly dtype?: string;
  readonly codec?: string;
  readonly ramp?: string;
  readonly allowMissing?: string;
  readonly plots?: boolean;
  readonly plot3d?: boolean;
  readonly npy?: boolean;
  readonly colormap?: string;
  readonly scale?: string;
  /** Kernel parameters by their own names. */
  readonly parameters: Readonly<Record<string, string>>;
}

const DEFAULT_SIZE = "1000";
/** `--size N` gives about N/2 points a side. */
const MAX_SIZE = 2 * MAX_POINTS_PER_AXIS;

/**
 * The job request that the options ask for, not yet resolved; its schema checks it finally. Throws InvalidInputError
 * naming the option.
 */
export async function requestOf(
  kernelName: string | undefined,
  options: RequestOptions,
): Promise<JobRequest> {
  if (options.request !== undefined) return requestFromFile(options.request, kernelName, options);
  const kernel = await loadKernel(kernelName ?? "mandelbrot", kernels);
  const parameters = parametersOf(kernel, options.parameters);
  const [yRange, xRange] = kernel.axes.map(({ from, to }, k) => {
    const given = k === 0 ? options.y : options.x;
    return given === undefined ? { from, to } : range(given, k === 0 ? "--y" : "--x");
  }) as [{ from: number; to: number }, { from: number; to: number }];
  return {
    kernel: kernel.name,
    parameters,
    grid: { axes: axesOf(options, [yRange, xRange]) },
    ...(options.dtype !== undefined && { dtype: options.dtype as never }),
    ...(options.codec !== undefined && { codec: options.codec as never }),
    ...(options.chunk !== undefined &&
      options.chunk !== "auto" && { chunk: sides(options.chunk, "--chunk") }),
    ...(options.chunksPerMessage !== undefined && {
      chunksPerMessage: wholeNumber(options.chunksPerMessage, "--chunks-per-message", MAX_CHUNKS_PER_MESSAGE),
    }),
    ...(options.ramp !== undefined && { ramp: options.ramp as never }),
    ...(options.allowMissing !== undefined && { allowMissing: share(options.allowMissing) }),
    output: {
      plots: options.plots ?? true,
      plot3d: options.plot3d ?? false,
      npy: options.npy ?? false,
      ...(options.colormap !== undefined && { colormap: options.colormap as never }),
      ...(options.scale !== undefined && { scale: options.scale as never }),
    },
  };
}

/** Checked here as well as by the request's schema, because the error must name the option and not the field. */
function parametersOf(kernel: Kernel, given: RequestOptions["parameters"]): Record<string, number> {
  const numbers = Object.entries(given).map(([name, value]) => {
    if (!Object.hasOwn(kernel.parameters, name)) {
      const owners = [...kernels.values()].filter(({ parameters }) => Object.hasOwn(parameters, name));
      const names = owners.map((owner) => owner.name).join(" or ");
      throw new InvalidInputError(optionName(name), `given for ${names}`, kernel.name);
    }
    return [name, number(value, optionName(name))] as const;
  });
  const parameters = Object.fromEntries(numbers);
  resolveParameters(kernel, parameters, optionName);
  return parameters;
}

/** `--max-iterations` for `maxIterations`. */
export function optionName(parameter: string): string {
  return `--${parameter.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A whole number from 1 to `maximum`. */
export function wholeNumber(text: string, option: string, maximum: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= maximum) return value;
  throw new InvalidInputError(option, `a whole number from 1 to ${maximum}`, show(text));
}

/** Options that a request file replaces. */
const JOB_OPTIONS = [
  ...(["size", "points", "x", "y", "chunk", "chunksPerMessage", "dtype", "codec", "ramp"] as const),
  ...(["allowMissing"] as const),
  ...(["plot3d", "npy", "colormap", "scale"] as const),
];

type Range = { readonly from: number; readonly to: number };

function axesOf(options: RequestOptions, ranges: readonly Range[]): AxisRequest[] {
  if (options.points !== undefined) {
    if (options.size !== undefined)
      throw new InvalidInputError("--size and --points", "given one at a time", "both");
    const counts = sides(options.points, "--points");
    if (counts.length === 1 && options.y !== undefined) {
      throw new InvalidInputError("--points", "ROWSxCOLUMNS where --y is given", show(options.points));
    }
    return counts.map((count, k) => ({ ...(ranges[k + 2 - counts.length] as Range), count }));
  }
  const size = wholeNumber(options.size ?? DEFAULT_SIZE, "--size", MAX_SIZE);
  return ranges.map(({ from, to }) => tutorialAxis(from, to, size));
}

/** A request file is a whole job request; options may only add what it leaves to the caller. */
async function requestFromFile(
  path: string,
  kernel: string | undefined,
  options: RequestOptions,
): Promise<JobRequest> {
  const beside = {
    kernel,
    ...options.parameters,
    ...Object.fromEntries(JOB_OPTIONS.map((name) => [name, options[name]])),
  };
  const [other] =
    Object.entries({ ...beside, plots: options.plots === false || undefined }).find(
      ([, value]) => value !== undefined,
    ) ?? [];
  if (other !== undefined)
    throw new InvalidInputError("--request", "the whole job request", `${other} beside it`);
  return parse(JobRequestSchema, parseJson(await readRequestFile(path), "--request"), "job request");
}

function number(text: string, option: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidInputError(option, "a number", show(text));
}

/** `0.01` or `1%`. */
function share(text: string): number {
  const [, digits = "", percent] = /^([\d.]+)(%?)$/.exec(text.trim()) ?? [];
  const value = digits === "" ? Number.NaN : Number(digits) / (percent ? 100 : 1);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidInputError("--allow-missing", "a share such as 0.01 or 1%", show(text));
}

function range(text: string, option: string): Range {
  const [from, to, ...more] = text.split(":");
  if (from === undefined || to === undefined || more.length > 0) {
    throw new InvalidInputError(option, "a range such as -0.75:-0.74", show(text));
  }
  const ends = { from: number(from, option), to: number(to, option) };
  if (ends.from === ends.to)
    throw new InvalidInputError(option, "a range with two different ends", show(text));
  return ends;
}

/** `500x400` or, for one axis, `500`. */
function sides(text: string, option: string): number[] {
  if (!/^[1-9]\d*(x[1-9]\d*)?$/.test(text)) {
    throw new InvalidInputError(option, "ROWSxCOLUMNS, such as 500x400", show(text));
  }
  return text.split("x").map(Number);
}
