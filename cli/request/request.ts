import type { ArrayOptions } from "../../api/options.ts";
import { requestOfKernel, wholeRequest } from "../../api/request-asked.ts";
import { kernelMeant } from "../../client/kernels/meant-kernel.ts";
import { type Axis, MAX_POINTS_PER_AXIS } from "../../shared/array/grid.ts";
import { MAX_CHUNKS_PER_MESSAGE } from "../../shared/array/job-limits.ts";
import { CODECS } from "../../shared/array/spec.ts";
import type { Declaration, InputValue } from "../../shared/kernels/declaration.ts";
import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import {
  COLORMAPS,
  DTYPE_NAMES,
  type InputRequests,
  type JobRequest,
  RAMPS,
  SCALES,
} from "../../shared/messages/job-request.ts";
import { checkPlaces } from "../../shared/plan/check-places.ts";
import { resolveInputs } from "../../shared/plan/resolve-inputs.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { choice } from "./choice.ts";
import { inputOf, optionName } from "./input-option.ts";
import { seed, share, sides, usd, wholeNumber } from "./numbers.ts";

/** The command line's options for a job, each value as the user typed it. */
export interface RequestOptions {
  readonly request?: string;
  readonly size?: string;
  readonly points?: string;
  readonly seed?: string;
  readonly chunk?: string;
  readonly chunksPerMessage?: string;
  readonly dtype?: string;
  readonly codec?: string;
  readonly ramp?: string;
  readonly allowMissing?: string;
  readonly maxUsd?: string;
  readonly plots?: boolean;
  readonly plot3d?: boolean;
  readonly npy?: boolean;
  readonly colormap?: string;
  readonly scale?: string;
  readonly at?: readonly string[];
  /** The kernel's inputs by their own names. */
  readonly inputs: Readonly<Record<string, string | true>>;
}

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
  const meant = await kernelMeant(kernelName);
  const { size, declaration } = meant.kernel;
  const inputs = inputsOf(meant.kernel, options.inputs);
  const asked = arrayOptions(options);
  if (declaration.form === "task") return requestOfKernel(meant, inputs, asked);
  // Checked here as well as by the splitter, because the error must name the option and not the field.
  const extent = asked.points || asked.size ? { points: asked.points, size: asked.size } : { size };
  const { axes } = resolveInputs(declaration, { inputs, ...extent }, optionName, {
    points: "--points",
    size: "--size",
  });
  const at = options.at && placesOf(options.at, declaration, axes);
  return requestOfKernel(meant, inputs, { ...asked, at });
}

/** Throws InvalidInputError naming the option. */
function arrayOptions(options: Omit<RequestOptions, "request" | "inputs">): ArrayOptions {
  const { points, size, seed: seedGiven, chunk, chunksPerMessage, allowMissing, maxUsd } = options;
  return {
    points: points === undefined ? undefined : sides(points, "--points"),
    size: size === undefined ? undefined : wholeNumber(size, "--size", MAX_SIZE),
    seed: seedGiven === undefined ? undefined : seed(seedGiven, "--seed"),
    chunk: chunk === undefined || chunk === "auto" ? undefined : sides(chunk, "--chunk"),
    chunksPerMessage:
      chunksPerMessage === undefined
        ? undefined
        : wholeNumber(chunksPerMessage, "--chunks-per-message", MAX_CHUNKS_PER_MESSAGE),
    allowMissing: allowMissing === undefined ? undefined : share(allowMissing, "--allow-missing"),
    maxUsd: maxUsd === undefined ? undefined : usd(maxUsd, "--max-usd"),
    ...{ plots: options.plots ?? true, plot3d: options.plot3d ?? false, npy: options.npy ?? false },
    dtype: choice(DTYPE_NAMES, options.dtype, "--dtype"),
    codec: choice(CODECS, options.codec, "--codec"),
    ramp: choice(RAMPS, options.ramp, "--ramp"),
    colormap: choice(COLORMAPS, options.colormap, "--colormap"),
    scale: choice(SCALES, options.scale, "--scale"),
  };
}

function inputsOf(
  { name: kernel, declaration }: LoadedKernel,
  given: RequestOptions["inputs"],
): InputRequests {
  return Object.fromEntries(
    Object.entries(given).map(([name, text]) => {
      const input = declaration.inputs[name];
      if (input) return [name, inputOf(text, input, optionName(name))];
      const known = Object.keys(declaration.inputs).map(optionName);
      throw new InvalidInputError(
        optionName(name),
        `left out: ${kernel} takes ${known.join(", ")}`,
        show(text),
      );
    }),
  );
}

/** `rate=0.02` as often as given: where the axes that no picture shows are cut. `max-iterations=50`, as its option is spelled, is `maxIterations`. Throws InvalidInputError. */
export function placesOf(
  given: readonly string[],
  declaration: Declaration,
  axes: readonly Axis[],
): Record<string, InputValue> {
  const { inputs } = declaration;
  const places = Object.fromEntries(
    given.map((text) => {
      const [, typed, value = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      const [name, input] =
        Object.entries(inputs).find(([each]) => each === typed || optionName(each) === `--${typed}`) ?? [];
      const point = input && inputOf(value, input, "--at");
      if (point !== undefined && typeof point !== "object") return [name, point];
      throw new InvalidInputError(
        "--at",
        `<input>=<value> with one of ${Object.keys(inputs).join(", ")}`,
        show(text),
      );
    }),
  );
  checkPlaces(places, axes, declaration, () => "--at");
  return places;
}

/** Options that a request file replaces. */
const JOB_OPTIONS = [
  ...(["size", "points", "seed", "chunk", "chunksPerMessage", "dtype", "codec", "ramp"] as const),
  ...(["allowMissing", "maxUsd"] as const),
  ...(["plot3d", "npy", "colormap", "scale", "at"] as const),
];

async function requestFromFile(
  path: string,
  kernel: string | undefined,
  options: RequestOptions,
): Promise<JobRequest> {
  const beside = {
    kernel,
    ...options.inputs,
    ...Object.fromEntries(JOB_OPTIONS.map((name) => [name, options[name]])),
  };
  const [other] =
    Object.entries({ ...beside, plots: options.plots === false || undefined }).find(
      ([, value]) => value !== undefined,
    ) ?? [];
  if (other !== undefined)
    throw new InvalidInputError("--request", "the whole job request", `${other} beside it`);
  return wholeRequest({ request: path }, "--request");
}
