import * as v from "valibot";
import { MAX_CHUNKS_PER_MESSAGE } from "./chunks.ts";
import { AxisSchema } from "./grid.ts";
import { excessOf } from "./job-limits.ts";
import { DTYPES } from "./kernels/kernel.ts";
import { milliseconds } from "./numbers.ts";
import { VARIABLE_NAME } from "./variable-name.ts";

export const JOB_VERSION = 1;

export const CODECS = ["none", "gzip", "zstd"] as const;
export type Codec = (typeof CODECS)[number];
export const COLORMAPS = ["viridis", "inferno", "magma", "plasma", "jet"] as const;
export const SCALES = ["auto", "linear", "log"] as const;
/** How a job's fleet comes to its width: by the queue's mapping alone, or started by the splitter as well. */
export const RAMPS = ["auto", "mapping", "burst"] as const;
export type Ramp = (typeof RAMPS)[number];

export const oneOf = <const Names extends readonly string[]>(names: Names) =>
  v.picklist(names, names.map((name) => `"${name}"`).join(", "));
const chunkSide = v.pipe(
  v.number("a whole number"),
  v.integer("a whole number"),
  v.minValue(1, "at least 1"),
  v.maxValue(1e10, "at most 10000000000"),
);
export const sides = v.pipe(
  v.array(chunkSide, "a list of one or two whole numbers"),
  v.minLength(1),
  v.maxLength(2),
);

export const JobIdSchema = v.pipe(
  v.string("text"),
  v.regex(/^[a-z0-9-]{1,64}$/, "1 to 64 characters of a-z, 0-9 and -"),
);

/** What is made of the array once it is complete. */
export const OutputSchema = v.strictObject({
  plots: v.optional(v.boolean("true or false"), true),
  plot3d: v.optional(v.boolean("true or false"), false),
  npy: v.optional(v.boolean("true or false"), false),
  colormap: v.optional(oneOf(COLORMAPS), "viridis"),
  scale: v.optional(oneOf(SCALES), "auto"),
});
export type Output = v.InferOutput<typeof OutputSchema>;

export const ChunksPerMessageSchema = v.union(
  [v.literal("auto"), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_CHUNKS_PER_MESSAGE))],
  `"auto" or a whole number from 1 to ${MAX_CHUNKS_PER_MESSAGE}`,
);

/** Of the chunks: a job may lack so many and is as good as complete to its user. */
export const ShareSchema = v.pipe(
  v.number("a number from 0 to 1"),
  v.minValue(0, "a number from 0 to 1"),
  v.maxValue(1, "a number from 0 to 1"),
);

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

/** What a later version adds is passed over: which version it was is what matters. */
export const MadeBySchema = v.object({
  version: v.string(),
  /** The hash of the kernel's sources; absent where they are not known. */
  kernel: v.optional(v.string()),
});
export type MadeBy = v.InferOutput<typeof MadeBySchema>;

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
