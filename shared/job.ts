import * as v from "valibot";
import { elementsIn, Layout } from "./array/layout.ts";
import { autoChunkShape } from "./chunk-shape.ts";
import { MAX_CHUNKS_PER_MESSAGE } from "./chunks.ts";
import { InvalidInputError } from "./errors.ts";
import { AxisRequestSchema, AxisSchema, arrayShape, resolveAxis, tutorialAxis } from "./grid.ts";
import { BYTES_PER_ELEMENT, DTYPES, type Dtype, type Kernel, type Registry } from "./kernels/kernel.ts";
import { MadeBySchema } from "./made-by.ts";
import { didYouMean } from "./nearest-name.ts";
import { milliseconds } from "./numbers.ts";
import { parse, show } from "./parse.ts";
import { VARIABLE_NAME, variableName } from "./variable-name.ts";

export const JOB_VERSION = 1;
export const MAX_ELEMENTS = 1.1e10;
export const MAX_CHUNKS = 1_000_000;
export const MAX_CHUNK_BYTES = 64 * 2 ** 20;
const DEFAULT_SIZE = 1000;

export const CODECS = ["none", "gzip", "zstd"] as const;
export type Codec = (typeof CODECS)[number];
export const COLORMAPS = ["viridis", "inferno", "magma", "plasma", "jet"] as const;
export const SCALES = ["auto", "linear", "log"] as const;
/** How a job's fleet comes to its width: by the queue's mapping alone, or started by the splitter as well. */
export const RAMPS = ["auto", "mapping", "burst"] as const;
export type Ramp = (typeof RAMPS)[number];

const oneOf = <const Names extends readonly string[]>(names: Names) =>
  v.picklist(names, names.map((name) => `"${name}"`).join(", "));
const chunkSide = v.pipe(
  v.number("a whole number"),
  v.integer("a whole number"),
  v.minValue(1, "at least 1"),
  v.maxValue(1e10, "at most 10000000000"),
);
const sides = v.pipe(
  v.array(chunkSide, "a list of one or two whole numbers"),
  v.minLength(1),
  v.maxLength(2),
);

export const JobIdSchema = v.pipe(
  v.string("text"),
  v.regex(/^[a-z0-9-]{1,64}$/, "1 to 64 characters of a-z, 0-9 and -"),
);

/** Of a new job: an id that begins with a dash would look like an option. Jobs that have one already stay readable. */
export const NewJobIdSchema = v.pipe(
  JobIdSchema,
  v.regex(/^[^-](.*[^-])?$/, "one that begins and ends with a letter or a digit"),
);

/** What is made of the array once it is complete. */
const OutputSchema = v.strictObject({
  plots: v.optional(v.boolean("true or false"), true),
  plot3d: v.optional(v.boolean("true or false"), false),
  npy: v.optional(v.boolean("true or false"), false),
  colormap: v.optional(oneOf(COLORMAPS), "viridis"),
  scale: v.optional(oneOf(SCALES), "auto"),
});
export type Output = v.InferOutput<typeof OutputSchema>;

const ChunksPerMessageSchema = v.union(
  [v.literal("auto"), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_CHUNKS_PER_MESSAGE))],
  `"auto" or a whole number from 1 to ${MAX_CHUNKS_PER_MESSAGE}`,
);

/** Of the chunks: a job may lack so many and is as good as complete to its user. */
const ShareSchema = v.pipe(
  v.number("a number from 0 to 1"),
  v.minValue(0, "a number from 0 to 1"),
  v.maxValue(1, "a number from 0 to 1"),
);

/** What a caller asks for: only the kernel is required, everything else has a default. */
export const JobRequestSchema = v.strictObject({
  version: v.optional(v.literal(JOB_VERSION, `${JOB_VERSION}`)),
  requestId: v.optional(NewJobIdSchema),
  kernel: v.string("the name of a kernel"),
  parameters: v.optional(v.record(v.string(), v.number("a number"), "an object of numbers")),
  grid: v.optional(
    v.strictObject({
      axes: v.pipe(
        v.array(AxisRequestSchema),
        v.minLength(1, "one or two axes"),
        v.maxLength(2, "one or two axes"),
      ),
    }),
  ),
  dtype: v.optional(oneOf(["auto", ...DTYPES])),
  chunk: v.optional(v.union([v.literal("auto"), sides], '"auto" or a list of one or two whole numbers')),
  codec: v.optional(oneOf(CODECS)),
  chunksPerMessage: v.optional(ChunksPerMessageSchema),
  ramp: v.optional(oneOf(RAMPS)),
  allowMissing: v.optional(ShareSchema),
  output: v.optional(OutputSchema, {}),
});
export type JobRequest = v.InferInput<typeof JobRequestSchema>;

/** All that a chunk's bytes depend on, resolved: what a chunk message carries beside its indices. */
export const JobSpecSchema = v.strictObject({
  kernel: v.string("the name of a kernel"),
  parameters: v.record(v.string(), v.number("a number")),
  axes: v.pipe(v.array(AxisSchema), v.minLength(1), v.maxLength(2)),
  dtype: oneOf(DTYPES),
  chunkShape: sides,
  codec: oneOf(CODECS),
  /** The array's name in its group. Absent in jobs that were stored when `array/` was an array and no group. */
  value: v.optional(
    v.pipe(v.string("text"), v.regex(new RegExp(`^${VARIABLE_NAME}$`), "the name of a variable")),
  ),
});
export type JobSpec = v.InferOutput<typeof JobSpecSchema>;

/** A resolved job. The same request always resolves to the same job. */
const JobSchema = v.strictObject({
  version: v.literal(JOB_VERSION, `${JOB_VERSION}`),
  jobId: JobIdSchema,
  spec: JobSpecSchema,
  chunksPerMessage: ChunksPerMessageSchema,
  /** Absent in jobs that were stored before there was a choice. */
  ramp: v.optional(oneOf(RAMPS), "auto"),
  allowMissing: v.optional(ShareSchema, 0),
  output: OutputSchema,
});
export type Job = v.InferOutput<typeof JobSchema>;

/** `job.json`: the job, when (epoch ms) its first message was about to be sent, and which manyhands sent it. */
export const StoredJobSchema = v.strictObject({
  ...JobSchema.entries,
  spec: v.pipe(
    JobSpecSchema,
    v.rawCheck(({ dataset, addIssue }) => {
      const excess = dataset.typed && excessOf(dataset.value);
      if (!excess) return;
      const { field: key, expected: message, received: input } = excess;
      const value = dataset.value[key];
      addIssue({ message, input, path: [{ type: "object", origin: "value", input: {}, key, value }] });
    }),
  ),
  submittedAtMs: milliseconds,
  /** Absent in jobs that were stored before anybody asked. */
  madeBy: v.optional(MadeBySchema),
});
export type StoredJob = v.InferOutput<typeof StoredJobSchema>;

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

/**
 * The kernel of a spec that came in a message, with everything checked that its schema cannot say.
 * Throws InvalidInputError: a message never chooses more than the bundle and its limits offer.
 */
export function checkSpec(spec: JobSpec, kernels: Registry): Kernel {
  const kernel = findKernel(spec.kernel, kernels);
  resolveParameters(kernel, spec.parameters);
  for (const name of Object.keys(kernel.parameters)) {
    if (!Object.hasOwn(spec.parameters, name))
      throw new InvalidInputError(`parameters.${name}`, "given", "nothing");
  }
  resolveDtype(kernel, spec.parameters, spec.dtype);
  refuse(excessOf(spec));
  return kernel;
}

/** The kernel of that name, or an InvalidInputError that names the nearest one. */
export function findKernel(name: string, kernels: Registry): Kernel {
  const kernel = kernels.get(name);
  if (kernel) return kernel;
  const known = [...kernels.keys()];
  throw new InvalidInputError("kernel", `one of ${known.join(", ")}`, show(name), didYouMean(name, known));
}

/** Every parameter of the kernel, checked against its bounds, in the kernel's own order; `field` names them. */
export function resolveParameters(
  kernel: Kernel,
  given: Readonly<Record<string, number>>,
  field = (name: string) => `parameters.${name}`,
): Record<string, number> {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(kernel.parameters, name)) continue;
    const known = Object.keys(kernel.parameters);
    throw new InvalidInputError(
      "parameters",
      `among those of ${kernel.name} (${known.join(", ")})`,
      show(name),
      didYouMean(name, known),
    );
  }
  return Object.fromEntries(
    Object.entries(kernel.parameters).map(([name, spec]) => {
      const value = (given[name] ?? spec.default) + 0; // JSON has no negative zero
      const within = value >= spec.minimum && value <= spec.maximum;
      if (!within || (spec.integer && !Number.isInteger(value))) {
        const kind = spec.integer ? "a whole number" : "a number";
        throw new InvalidInputError(
          field(name),
          `${kind} from ${spec.minimum} to ${spec.maximum}`,
          show(value),
        );
      }
      return [name, value];
    }),
  );
}

/** The kernel's own region at the tutorial's size: about `size` / 2 points a side. */
export function defaultGrid(kernel: Kernel, size: number) {
  return kernel.axes.map(({ from, to }) => tutorialAxis(from, to, size));
}

function resolveDtype(kernel: Kernel, parameters: Record<string, number>, dtype: Dtype | "auto"): Dtype {
  const allowed = kernel.dtypes(parameters);
  if (dtype === "auto") return allowed[0] ?? "float64";
  if (allowed.includes(dtype)) return dtype;
  throw new InvalidInputError(
    "dtype",
    `${allowed.join(" or ")} for ${kernel.name} with these parameters`,
    dtype,
  );
}

/** What goes beyond the limits of a job. */
interface Excess {
  readonly field: "axes" | "chunkShape";
  readonly expected: string;
  readonly received: readonly number[];
}

function excessOf(spec: Pick<JobSpec, "axes" | "dtype" | "chunkShape">): Excess | undefined {
  const shape = arrayShape(spec);
  return elementsExcess(shape) ?? chunkExcess(shape, spec.dtype, spec.chunkShape);
}

function elementsExcess(shape: readonly number[]): Excess | undefined {
  if (elementsIn(shape) <= MAX_ELEMENTS) return undefined;
  return { field: "axes", expected: `at most ${MAX_ELEMENTS} points`, received: shape };
}

function chunkExcess(shape: readonly number[], dtype: Dtype, chunk: readonly number[]): Excess | undefined {
  const excess = (expected: string): Excess => ({ field: "chunkShape", expected, received: chunk });
  if (chunk.length !== shape.length)
    return excess(`${shape.length === 1 ? "one number" : "two numbers"}, one for each axis`);
  if (chunk.some((side, k) => side > (shape[k] ?? 0)))
    return excess(`no larger than the array's ${shape.join(" x ")}`);
  if (elementsIn(chunk) * BYTES_PER_ELEMENT[dtype] > MAX_CHUNK_BYTES)
    return excess(`at most ${MAX_CHUNK_BYTES} bytes`);
  if (new Layout(shape, chunk).total > MAX_CHUNKS)
    return excess(`large enough for at most ${MAX_CHUNKS} chunks`);
  return undefined;
}

/** Names the fields as a request does. */
function refuse(excess: Excess | undefined): void {
  if (!excess) return;
  const { field, expected, received } = excess;
  throw new InvalidInputError(field === "axes" ? "grid" : "chunk", expected, received.join(" x "));
}
