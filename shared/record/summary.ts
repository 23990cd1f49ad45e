import * as v from "valibot";
import { JobSpecSchema } from "../array/spec.ts";
import { ChunkIndexSchema, RoundSchema } from "../messages/chunk-message.ts";
import { AttemptFailureSchema } from "../messages/chunk-report.ts";
import { JobIdSchema } from "../messages/job-id.ts";
import { PlannedSchema } from "../messages/planned.ts";
import { jobKeys } from "../ports/keys.ts";
import { getDerived, type StoreReader } from "../ports/store.ts";
import { count, finite, milliseconds, whole } from "../validation/numbers.ts";
import { versioned } from "../validation/versioned.ts";
import { CostSchema } from "./cost.ts";

/** 2 since the spec has inputs by name and several values. */
export const SUMMARY_VERSION = 2;

/**
 * `complete`: every chunk is stored. `incomplete`: some failed. `failed`: none is stored. `cancelled`: a user stopped
 * the job before its end. A job that maps items is complete if every item gave a value, and failed if none did.
 */
const JOB_STATES = ["complete", "incomplete", "failed", "cancelled"] as const;
export type JobState = (typeof JOB_STATES)[number];

/** A chunk that failed for good, its last error, and the number of attempts. */
const FailedChunkSchema = v.object({ ...AttemptFailureSchema.entries, attempts: count });
export type FailedChunk = v.InferOutput<typeof FailedChunkSchema>;

/** An item that gave no value, as its line in results.jsonl. */
const FailedItemSchema = v.object({ index: count, error: v.string() });
export type FailedItem = v.InferOutput<typeof FailedItemSchema>;

/** Over the stored chunks, added in chunk order; cells that are no finite number are left out. */
const statistics = { sum: finite, min: v.nullable(finite), max: v.nullable(finite), nonFinite: finite };

/** `summary.json`: a finished job's parameters, results and costs. Derived from the store alone, so always the same. */
export const SummarySchema = versioned(SUMMARY_VERSION, {
  jobId: JobIdSchema,
  state: v.picklist(JOB_STATES),
  /** `budget` where it was cancelled since no more may be spent on it. */
  cancelledFor: v.optional(v.fallback(v.optional(v.literal("budget")), undefined)),
  /** True if some chunks failed, but no larger share of them than the request allowed. */
  tolerated: v.optional(v.boolean(), false),
  /** 0 at first, and one more each time the job is resumed. */
  round: RoundSchema,
  spec: JobSpecSchema,
  shape: v.array(count),
  elements: count,
  chunks: v.object({ total: whole(1), done: count, failed: count }),
  /** The first value's. */
  ...statistics,
  /** Every value's, where there are several. */
  values: v.optional(v.array(v.object({ name: v.string(), ...statistics }))),
  /**
   * Only where a job maps items; `sum` is then `given`, and `nonFinite` is `failed`. Items of a shard that failed have failed. `failures`
   * are the first ones, results.jsonl has all.
   */
  items: v.optional(
    v.object({ total: count, given: count, failed: count, failures: v.array(FailedItemSchema) }),
  ),
  storedBytes: finite,
  /** Epoch ms. */
  submittedAtMs: milliseconds,
  /** From submission to the end, or the final failure, of the last chunk; pauses before resumptions are left out. */
  makespanMs: finite,
  /** The part of it before a worker began with a chunk; absent where no time is known, and in summaries of former versions. */
  waitedMs: v.optional(finite),
  /** CPU time summed over the chunks: the time that one core would need. */
  computeMs: finite,
  /**
   * The time in which a worker computed or stored, summed over the workers; parallel work in one worker counts once.
   */
  busyMs: finite,
  /** The largest number of workers at the same time: a worker and its successor count as one. */
  workers: count,
  coldStarts: count,
  /** computeMs / makespanMs, and that divided by the workers. */
  speedUp: finite,
  efficiency: finite,
  slowestChunk: v.nullable(v.object({ chunk: ChunkIndexSchema, cpuMs: finite })),
  failedAttempts: count,
  /**
   * Chunks that were reissued because they seemed lost or late, and how much later the job would have ended without
   * that.
   */
  reissued: v.optional(v.object({ chunks: count, savedMs: finite }), { chunks: 0, savedMs: 0 }),
  /** Chunks that a later attempt found stored: their own times were lost. */
  unknownTimes: count,
  /** Chunks whose start is impossible by their worker's clock; they count from the earliest possible time. */
  clampedStarts: count,
  /** Absent where it ran on one machine only, in one process, and in summaries of former versions. */
  cost: v.optional(CostSchema),
  /** What all its rounds may cost (USD); where it has reached that, what is probably enough to complete it. */
  limit: v.optional(v.object({ maxUsd: finite, enoughUsd: v.optional(finite) })),
  /** What a plan said of it before it began, where one was made. */
  plan: v.optional(PlannedSchema),
  /** The first failed chunks, in chunk order; `chunks.failed` counts all. */
  failures: v.array(FailedChunkSchema),
});
export type Summary = v.InferOutput<typeof SummarySchema>;

/**
 * The job's summary, of this round or of an earlier one; undefined if the job never ended, or the summary is damaged.
 * Throws NewerVersionError.
 */
export function readSummary(store: Pick<StoreReader, "get">, jobId: string): Promise<Summary | undefined> {
  return getDerived(store, jobKeys(jobId).summary, SummarySchema);
}
