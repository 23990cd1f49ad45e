import * as v from "valibot";
import { excessOf } from "../array/job-limits.ts";
import { isMap, JobSpecSchema } from "../array/spec.ts";
import { DeclarationSchema } from "../kernels/declaration.ts";
import { UploadedSchema } from "../kernels/uploads.ts";
import { JobIdSchema } from "../messages/job-id.ts";
import {
  ChunksPerMessageSchema,
  ComputeSecondsSchema,
  ItemsSchema,
  MaxUsdSchema,
  MeasuredSchema,
  OutputSchema,
  RAMPS,
  ShareSchema,
} from "../messages/job-request.ts";
import { PlannedSchema } from "../messages/planned.ts";
import { milliseconds } from "../validation/numbers.ts";
import { oneOf } from "../validation/parse.ts";
import { versioned } from "../validation/versioned.ts";

/** 2 since the spec has inputs by name and several values. */
export const STORED_JOB_VERSION = 2;

/** A resolved job. The same request always resolves to the same job. */
const JobSchema = versioned(STORED_JOB_VERSION, {
  jobId: JobIdSchema,
  spec: JobSpecSchema,
  /** What the kernel says of itself. Absent in jobs of versions that had built-in kernels only. */
  declaration: v.optional(DeclarationSchema),
  measured: v.optional(MeasuredSchema),
  computeSeconds: v.optional(ComputeSecondsSchema),
  /** Where the kernel is a task. */
  items: v.optional(v.object(ItemsSchema.entries)),
  chunksPerMessage: ChunksPerMessageSchema,
  /** Absent in jobs of versions without this choice. */
  ramp: v.optional(oneOf(RAMPS), "auto"),
  allowMissing: v.optional(ShareSchema, 0),
  /** What it may cost (USD), by which its workers know that it has a limit: spend/limit.json has the latest one. */
  maxUsd: v.optional(MaxUsdSchema),
  output: v.object(OutputSchema.entries),
});
export type Job = v.InferOutput<typeof JobSchema>;

/** Fields of other versions are dropped, such as the hash of the kernel's sources that jobs without one in the spec have. */
const MadeBySchema = v.object({
  version: v.string(),
  /** The absolute path of the kernel's file on the machine that began the job; absent for built-in kernels. */
  path: v.optional(v.string()),
});
export type MadeBy = v.InferOutput<typeof MadeBySchema>;

const StoredJob = v.object({
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
  /** Absent in jobs of versions that did not note it. */
  madeBy: v.optional(MadeBySchema),
  /** Where its kernel was uploaded. */
  uploaded: v.optional(UploadedSchema),
  /** Where a plan was made of it. */
  planned: v.optional(PlannedSchema),
});
/** `job.json`: the job, the time (epoch ms) just before its first message, and the build of manyhands that sent it. */
export const StoredJobSchema = v.pipe(
  StoredJob,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || isMap(dataset.value.spec) === (dataset.value.items !== undefined)) return;
    const { spec, items } = dataset.value;
    const message = items ? "a list of none, where there are items" : "a list of at least one value";
    const at = { type: "object", origin: "value", input: {} } as const;
    addIssue({
      message,
      input: spec.values,
      path: [
        { ...at, key: "spec", value: spec },
        { ...at, key: "values", value: spec.values },
      ],
    });
  }),
);
export type StoredJob = v.InferOutput<typeof StoredJobSchema>;
