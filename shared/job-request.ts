import * as v from "valibot";
import { AxisRequestSchema } from "./grid.ts";
import {
  ChunksPerMessageSchema,
  CODECS,
  JOB_VERSION,
  JobIdSchema,
  OutputSchema,
  oneOf,
  RAMPS,
  ShareSchema,
  sides,
} from "./job.ts";
import { DTYPES } from "./kernels/kernel.ts";

/** Of a new job: an id that begins with a dash would look like an option. Jobs that have one already stay readable. */
export const NewJobIdSchema = v.pipe(
  JobIdSchema,
  v.regex(/^[^-](.*[^-])?$/, "one that begins and ends with a letter or a digit"),
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
