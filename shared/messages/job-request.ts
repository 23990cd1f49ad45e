import * as v from "valibot";
import {
  inputValue,
  listedPoints,
  MAX_POINTS_PER_AXIS,
  pointCount,
  RangeRequestSchema,
} from "../array/grid.ts";
import { MAX_CHUNKS_PER_MESSAGE } from "../array/job-limits.ts";
import { CODECS, KernelHashSchema, sides } from "../array/spec.ts";
import { MOST_AXES, PythonDeclarationSchema } from "../kernels/declaration.ts";
import { DTYPES } from "../kernels/dtype.ts";
import { UploadedSchema } from "../kernels/uploads.ts";
import { whole } from "../validation/numbers.ts";
import { oneOf } from "../validation/parse.ts";
import { NewJobIdSchema } from "./job-id.ts";
import { PlannedSchema } from "./planned.ts";

const JOB_VERSION = 1;

const seconds = v.pipe(v.number("a number of seconds"), v.minValue(0, "at least 0"), v.maxValue(1e6));
const range = v.partial(RangeRequestSchema, ["from", "to"]);
const value = v.union(inputValue.options, "a value, a list of values, or a range with from, to and count");
/** What a request says of one input: a value that is held fixed, a list of points, or a range (its ends by default the kernel's). */
const InputRequestSchema = v.lazy((given) => {
  if (Array.isArray(given)) return listedPoints; // to an object's schema a list is an object too
  return typeof given === "object" && given !== null ? range : value;
});
export type InputRequest = v.InferOutput<typeof InputRequestSchema>;
export type InputRequests = Readonly<Record<string, InputRequest>>;

/** What a cell was seen to take on the machine that asks (s): the mean of a few, and the most. */
export const MeasuredSchema = v.object({ meanSeconds: seconds, mostSeconds: seconds });
export type Measured = v.InferOutput<typeof MeasuredSchema>;

/** What all cells together were seen to take on a core of the machine that asks, told from some of them (CPU s). */
export const ComputeSecondsSchema = v.pipe(
  v.number("a number of seconds"),
  v.minValue(0, "at least 0"),
  v.maxValue(1e9, "at most 1e9"),
);

/** Limits of a list of items. */
export const MOST_ITEMS_PER_SHARD = 1_000;
export const MOST_ITEM_SECONDS = 900;
export const MOST_ITEMS_AT_ONCE = 100;
/** What a worker keeps of its time for storing and reporting a shard (ms). */
export const RESERVED_ITEM_MS = 5_000;
/** What a worker may have spent of its time before its first item: job.json, the task and the shard's items come first (ms). */
export const BEFORE_ITEMS_MS = 5_000;

/** Sequential, diverging, and cyclic ones. */
export const COLORMAPS = [
  ...(["viridis", "inferno", "magma", "plasma", "jet"] as const),
  ...(["rdbu", "rdbu-r", "puor", "brbg"] as const),
  ...(["sinebow", "rainbow"] as const),
] as const;
export const SCALES = ["auto", "linear", "log"] as const;
/** What a request may ask its array's elements to be. */
export const DTYPE_NAMES = ["auto", ...DTYPES] as const;
/** How a job's workers are started: by the queue's mapping alone, or by the splitter as well. */
export const RAMPS = ["auto", "mapping", "burst"] as const;
export type Ramp = (typeof RAMPS)[number];

/** The files that the aggregator makes from the complete array. */
export const OutputSchema = v.strictObject({
  plots: v.optional(v.boolean("true or false"), true),
  plot3d: v.optional(v.boolean("true or false"), false),
  npy: v.optional(v.boolean("true or false"), false),
  colormap: v.optional(oneOf(COLORMAPS), "viridis"),
  scale: v.optional(oneOf(SCALES), "auto"),
  /** Where an array with more than two axes is cut for the pictures, by input; in the middle unless it is said. */
  at: v.optional(v.record(v.string(), inputValue, "an object of values")),
});

export const ChunksPerMessageSchema = v.union(
  [v.literal("auto"), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_CHUNKS_PER_MESSAGE))],
  `"auto" or a whole number from 1 to ${MAX_CHUNKS_PER_MESSAGE}`,
);

/** The share of chunks that a job may lack and still count as complete for its user. */
export const ShareSchema = v.pipe(
  v.number("a number from 0 to 1"),
  v.minValue(0, "a number from 0 to 1"),
  v.maxValue(1, "a number from 0 to 1"),
);

/** What the job may cost (USD). */
export const MaxUsdSchema = v.pipe(
  v.number("a number of USD"),
  v.finite("a finite number"),
  v.gtValue(0, "more than 0"),
);

/** A task's list of items: it lies in the store in shards, see record/shards.ts. */
export const ItemsSchema = v.strictObject({
  count: pointCount,
  perShard: whole(1, MOST_ITEMS_PER_SHARD),
  /** What an item may take (s). */
  seconds: v.pipe(
    v.number("a number of seconds"),
    v.minValue(0.001, "at least 0.001"),
    v.maxValue(MOST_ITEM_SECONDS, `at most ${MOST_ITEM_SECONDS}`),
  ),
  /** Items of a shard that are under way at a time. */
  concurrency: whole(1, MOST_ITEMS_AT_ONCE),
  /** The hash of the items' lines: the same job id with other items is another job. */
  sha256: v.pipe(v.string("text"), v.regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")),
});
export type Items = v.InferOutput<typeof ItemsSchema>;

/** A job as a caller requests it: only the kernel is required, every other field has a default. */
export const JobRequestSchema = v.strictObject({
  version: v.optional(v.literal(JOB_VERSION, `${JOB_VERSION}`)),
  requestId: v.optional(NewJobIdSchema),
  kernel: v.string("the name of a kernel"),
  /** The kernel's; a job of another one is refused. */
  hash: v.optional(KernelHashSchema),
  /** Where it was uploaded for this request; of no account where the deployment has it. */
  uploaded: v.optional(v.strictObject(UploadedSchema.entries)),
  /** What its file declares, where that is Python. */
  declaration: v.optional(PythonDeclarationSchema),
  /** The absolute path of its file on the caller's machine, which job.json notes. */
  file: v.optional(v.pipe(v.string("a path"), v.maxLength(4096))),
  inputs: v.optional(v.record(v.string(), InputRequestSchema, "an object of inputs")),
  /** How many points each swept range gets that does not say so itself, in the order of the inputs. */
  points: v.optional(
    v.pipe(v.array(pointCount, "a list of counts"), v.maxLength(MOST_AXES, `at most ${MOST_AXES} counts`)),
  ),
  /** Instead of points: about half as many along each range, as in the tutorial. */
  size: v.optional(
    v.pipe(v.number("a number"), v.minValue(1, "at least 1"), v.maxValue(2 * MAX_POINTS_PER_AXIS)),
  ),
  /** Random numbers follow from it. */
  seed: v.optional(whole(0)),
  measured: v.optional(v.strictObject(MeasuredSchema.entries)),
  /** By it the fleet is ordered, and nothing else: the same request with another time is the same job. */
  computeSeconds: v.optional(ComputeSecondsSchema),
  /** What a plan said of it, for its summary. */
  planned: v.optional(v.strictObject(PlannedSchema.entries)),
  /** What a task is to map, where the kernel is one: then all that is said of inputs, arrays and chunks is left out. */
  items: v.optional(ItemsSchema),
  /** The spelling of former versions: inputs that are held fixed, and the axes of those that the kernel sweeps by default. */
  parameters: v.optional(v.record(v.string(), inputValue, "an object of values")),
  grid: v.optional(
    v.strictObject({
      axes: v.pipe(
        v.array(RangeRequestSchema),
        v.minLength(1, "one axis or more"),
        v.maxLength(MOST_AXES, `at most ${MOST_AXES} axes`),
      ),
    }),
  ),
  dtype: v.optional(oneOf(DTYPE_NAMES)),
  chunk: v.optional(
    v.union([v.literal("auto"), sides], `"auto" or a list of one to ${MOST_AXES} whole numbers`),
  ),
  codec: v.optional(oneOf(CODECS)),
  chunksPerMessage: v.optional(ChunksPerMessageSchema),
  ramp: v.optional(oneOf(RAMPS)),
  allowMissing: v.optional(ShareSchema),
  maxUsd: v.optional(MaxUsdSchema),
  output: v.optional(OutputSchema, {}),
});
export type JobRequest = v.InferInput<typeof JobRequestSchema>;
