import * as v from "valibot";
import { count, finite } from "../validation/numbers.ts";

/**
 * `metered`: every request was counted and every invocation timed where the job ran. `logged`: invocations as the platform's log says,
 * requests by formula. `reported`: by what its workers reported, requests by formula. `predicted`: by formula alone.
 */
export const BASES = ["metered", "logged", "reported", "predicted"] as const;

export const ARCHITECTURES = ["arm64", "x86_64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** Amounts that AWS bills. */
const UsageSchema = v.object({
  /** Initialisation included, each invocation's ms rounded up. */
  gbSeconds: finite,
  requests: v.object({
    /** Invocations. */
    lambda: count,
    /** Units of 64 KiB, at least one a request. */
    sqs: count,
    /** PUT, POST and LIST. */
    put: count,
    get: count,
  }),
  logBytes: count,
});
export type Usage = v.InferOutput<typeof UsageSchema>;

const StageCostSchema = v.object({ usd: finite, basis: v.picklist(BASES), ...UsageSchema.entries });

/** What a job cost, or would have cost on the deployment that it stands for, without free amounts and without storage. */
export const CostSchema = v.object({
  usd: finite,
  basis: v.picklist(BASES),
  ...UsageSchema.entries,
  byStage: v.object({ splitter: StageCostSchema, worker: StageCostSchema, aggregator: StageCostSchema }),
  region: v.string(),
  architecture: v.picklist(ARCHITECTURES),
  /** A worker's. */
  memoryMb: count,
  /** YYYY-MM-DD. */
  pricesDate: v.string(),
});
export type Cost = v.InferOutput<typeof CostSchema>;
export type Basis = (typeof BASES)[number];
