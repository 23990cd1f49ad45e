import * as v from "valibot";
import { AxisRequestSchema } from "../array/grid.ts";
import { MAX_CHUNKS_PER_MESSAGE } from "../array/job-limits.ts";
import { CODECS, sides } from "../array/spec.ts";
import { DTYPES } from "../kernels/kernel.ts";
import { oneOf } from "../validation/parse.ts";
import { NewJobIdSchema } from "./job-id.ts";

export const JOB_VERSION = 1;

export const COLORMAPS = ["viridis", "inferno", "magma", "plasma", "jet"] as const;
export const SCALES = ["auto", "linear", "log"] as const;
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

/** A job as a caller requests it: only the kernel is required, every other field has a default. */
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
