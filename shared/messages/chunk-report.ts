import * as v from "valibot";
import type { ChunkArray } from "../kernels/dtype.ts";
import { count, finite, milliseconds } from "../validation/numbers.ts";
import { parse, parseJson } from "../validation/parse.ts";
import { kept, versioned, versionedAndKept } from "../validation/versioned.ts";
import { ChunkIndexSchema, RoundSchema } from "./chunk-message.ts";
import { JobIdSchema } from "./job-id.ts";

/** 2 since jobs may have several values. */
export const REPORT_VERSION = 2;
/** What a report of one value keeps, so that an aggregator of the former version reads it. */
const SINGLE_VALUE_VERSION = 1;

/** The maximum size of a message on the result queue: SQS takes 256 KiB. A test checks it. */
export const REPORT_MAX_BYTES = 250_000;

/** An error's sentence, or a name. Bounded, because a summary quotes a hundred of them. */
const text = v.pipe(v.string("text"), v.maxLength(1000, "at most 1000 characters"));

/** The place and time of a chunk's computation. Absent if a stored chunk was found instead of computed. */
const TimesSchema = kept({
  /** Since the epoch; used only to place the bar on the timeline. */
  startedAtMs: milliseconds,
  /** Kernel, encoding and the confirmed PUT. */
  durationMs: milliseconds,
  computeMs: milliseconds,
  /** CPU time of the computing thread for kernel and encoding. */
  cpuMs: milliseconds,
  /**
   * Set by the aggregator: true if the worker's clock was ahead of the report's arrival, so that the aggregator moved
   * the start.
   */
  moved: v.optional(v.boolean("true or false")),
});

/** One value of a chunk: its contribution to the summary and the pictures. */
const ofValue = {
  /** Added in row-major order. Cells that are no finite number are counted in `nonFinite` instead. */
  sum: finite,
  min: v.nullable(finite),
  max: v.nullable(finite),
  nonFinite: count,
  /** The chunk's overview cells, base64 of little-endian values; null if they would not fit into a message. */
  tile: v.nullable(v.string("base64")),
};

/** One stored chunk. */
const ChunkReportSchema = kept({
  chunk: ChunkIndexSchema,
  ...ofValue,
  storedBytes: count,
  times: v.nullable(TimesSchema),
  /** The same of the values after the first one, in the order of the spec. */
  others: v.optional(v.array(kept(ofValue))),
});
export type ChunkReport = v.InferOutput<typeof ChunkReportSchema>;
export type ValueReport = NonNullable<ChunkReport["others"]>[number];

/** One failed attempt at a chunk. After a final one the chunk is not tried again. */
export const AttemptFailureSchema = kept({
  chunk: ChunkIndexSchema,
  error: text,
  final: v.boolean("true or false"),
  attempt: count,
  failedAtMs: milliseconds,
  requestId: text,
  logStream: text,
  /** True if two workers computed different values: then a stored chunk does not make up for the failure. */
  disputed: v.optional(v.boolean("true or false"), false),
});
export type AttemptFailure = v.InferOutput<typeof AttemptFailureSchema>;

/** The execution environment that sent a report. `initMs` is present on the first invocation only. */
const WorkerSchema = kept({
  requestId: text,
  logStream: text,
  coldStart: v.boolean("true or false"),
  initMs: v.nullable(milliseconds),
  /** From the beginning of the invocation to this report. Absent in reports of former versions, as its memory is (and on this machine). */
  elapsedMs: v.optional(milliseconds),
  memoryMb: v.optional(count),
});

/** The aggregator keeps unknown fields of reports: a newer aggregator, which may write the summary, may know them. */
export const ReportMessageSchema = versionedAndKept(REPORT_VERSION, {
  kind: v.literal("report"),
  jobId: JobIdSchema,
  round: RoundSchema,
  worker: WorkerSchema,
  chunks: v.array(ChunkReportSchema),
  failures: v.array(AttemptFailureSchema),
});
export type ReportMessage = v.InferOutput<typeof ReportMessageSchema>;

/** Wakes the aggregator for a job, so that a job ends even if its reports stop coming. */
const CheckMessageSchema = versioned(REPORT_VERSION, {
  kind: v.literal("check"),
  jobId: JobIdSchema,
  round: RoundSchema,
  turn: count,
  /** How many checks found messages waiting, which are not among the turns: their delay grows by it. */
  waited: v.optional(count),
  /** Since the epoch: one that comes earlier is sent again as it is. */
  notBeforeMs: v.optional(milliseconds),
  /**
   * Since the epoch: the time at which a check first found no chunk waiting in the queue, if every check since then did
   * too.
   */
  emptySinceMs: v.optional(milliseconds),
  /** The number of chunks that the check before found accounted for. */
  covered: v.optional(count),
  /** Since the epoch: the time at which a check first found that number, or chunks were issued again. */
  quietSinceMs: v.optional(milliseconds),
  /** Since the epoch: the time at which its job was submitted. A deleted job's id may be used again. */
  ofJobMs: v.optional(milliseconds),
  /**
   * True if the sender sees that no message of the job is queued or in work: missing chunks will not come by
   * themselves.
   */
  isIdle: v.optional(v.boolean("true or false")),
});
export type CheckMessage = v.InferOutput<typeof CheckMessageSchema>;

/** The message body that wakes the aggregator for the job. */
export function checkMessage(check: Omit<CheckMessage, "kind" | "version">): string {
  return JSON.stringify({ ...check, kind: "check", version: SINGLE_VALUE_VERSION } satisfies CheckMessage);
}

const AnyKindSchema = versioned(REPORT_VERSION, {});
const ResultMessageSchema = v.variant(
  "kind",
  [ReportMessageSchema, CheckMessageSchema],
  '"report" or "check"',
);
export type ResultMessage = v.InferOutput<typeof ResultMessageSchema>;

/** Throws InvalidInputError naming the field, and NewerVersionError. */
export function parseResultMessage(body: string): ResultMessage {
  const what = "result message";
  const message = parseJson(body, what);
  parse(AnyKindSchema, message, what); // the kind may be unknown because a newer version sent it
  return parse(ResultMessageSchema, message, what);
}

/**
 * The sum (at most the largest double), the extremes and the number of cells that are no finite number, in row-major
 * order. Cells that are `lost`, a value that marks them among whole numbers, are none either.
 */
export function statisticsOf(
  values: ChunkArray,
  lost = Number.NaN,
): Pick<ChunkReport, "sum" | "min" | "max" | "nonFinite"> {
  let sum = 0;
  let nonFinite = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  // By index, because for-of over a typed array takes several times as long.
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (value >= min && value <= max && value !== lost) {
      sum += value;
    } else if (!Number.isFinite(value) || value === lost) {
      nonFinite++;
    } else {
      sum += value;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  const any = nonFinite < values.length;
  const bounded = Math.min(Math.max(sum, -Number.MAX_VALUE), Number.MAX_VALUE);
  return { sum: bounded, min: any ? min : null, max: any ? max : null, nonFinite };
}

/** Message bodies that together carry these reports and failures, each within REPORT_MAX_BYTES. */
export function* reportMessages(
  { round, ...from }: Pick<ReportMessage, "jobId" | "worker" | "round">,
  chunks: readonly ChunkReport[],
  failures: readonly AttemptFailure[],
): Generator<string> {
  const version = chunks[0]?.others ? REPORT_VERSION : SINGLE_VALUE_VERSION;
  const message = (part: readonly ChunkReport[], failed: readonly AttemptFailure[]) =>
    JSON.stringify({
      ...{ kind: "report", version, ...from, ...(round > 0 && { round }) },
      ...{ chunks: part, failures: failed },
    });
  let part: ChunkReport[] = [];
  let bytes = Buffer.byteLength(message([], failures));
  let unsent = failures;
  for (const report of chunks) {
    const size = Buffer.byteLength(JSON.stringify(report)) + 1;
    if (part.length > 0 && bytes + size > REPORT_MAX_BYTES) {
      yield message(part, unsent);
      unsent = [];
      part = [];
      bytes = Buffer.byteLength(message([], []));
    }
    part.push(report);
    bytes += size;
  }
  if (part.length > 0 || unsent.length > 0) yield message(part, unsent);
}
