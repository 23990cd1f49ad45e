import * as v from "valibot";
import type { ChunkArray } from "../kernels/kernel.ts";
import { count, finite, milliseconds } from "../validation/numbers.ts";
import { parse, parseJson } from "../validation/parse.ts";
import { kept, versioned, versionedAndKept } from "../validation/versioned.ts";
import { ChunkIndexSchema, RoundSchema } from "./chunk-message.ts";
import { JobIdSchema } from "./job-id.ts";

export const REPORT_VERSION = 1;

/** What a message on the result queue may weigh at most: SQS takes 256 KiB. A test holds it to that. */
export const REPORT_MAX_BYTES = 250_000;

/** An error's sentence, or a name: a summary quotes a hundred of them. */
const text = v.pipe(v.string("text"), v.maxLength(1000, "at most 1000 characters"));

/** Where a chunk was computed and what it cost. Absent where a stored chunk was found instead of computed. */
const TimesSchema = kept({
  /** Since the epoch; only places the bar on the timeline. */
  startedAtMs: milliseconds,
  /** Kernel, encoding and the confirmed PUT. */
  durationMs: milliseconds,
  computeMs: milliseconds,
  /** CPU time of the computing thread for kernel and encoding. */
  cpuMs: milliseconds,
  /** Of the aggregator: true where the worker's clock was ahead of the report's arrival, and the start is not what it said. */
  moved: v.optional(v.boolean("true or false")),
});

/** One stored chunk: what the summary and the pictures need of it. */
const ChunkReportSchema = kept({
  chunk: ChunkIndexSchema,
  /** Folded in row-major order. Cells that are no finite number are counted in `nonFinite` and left out. */
  sum: finite,
  min: v.nullable(finite),
  max: v.nullable(finite),
  nonFinite: count,
  storedBytes: count,
  times: v.nullable(TimesSchema),
  /** The chunk's overview cells, base64 of little-endian values; null where they would not fit a message. */
  tile: v.nullable(v.string("base64")),
});
export type ChunkReport = v.InferOutput<typeof ChunkReportSchema>;

/** One attempt at a chunk that failed. A final one ends the chunk; after any other the chunk is tried again. */
export const AttemptFailureSchema = kept({
  chunk: ChunkIndexSchema,
  error: text,
  final: v.boolean("true or false"),
  attempt: count,
  failedAtMs: milliseconds,
  requestId: text,
  logStream: text,
  /** True where two workers came to different values: then a stored chunk is not good enough. */
  disputed: v.optional(v.boolean("true or false"), false),
});
export type AttemptFailure = v.InferOutput<typeof AttemptFailureSchema>;

/** The execution environment that a report comes from. `initMs` is there on the first invocation only. */
const WorkerSchema = kept({
  requestId: text,
  logStream: text,
  coldStart: v.boolean("true or false"),
  initMs: v.nullable(milliseconds),
});

/** The aggregator keeps reports as they came: what it does not know of them, a newer one may, which sums the job up later. */
export const ReportMessageSchema = versionedAndKept(REPORT_VERSION, {
  kind: v.literal("report"),
  jobId: JobIdSchema,
  round: RoundSchema,
  worker: WorkerSchema,
  chunks: v.array(ChunkReportSchema),
  failures: v.array(AttemptFailureSchema),
});
export type ReportMessage = v.InferOutput<typeof ReportMessageSchema>;

/** Wakes the aggregator for a job, so that one whose reports stop coming ends all the same. */
const CheckMessageSchema = versioned(REPORT_VERSION, {
  kind: v.literal("check"),
  jobId: JobIdSchema,
  round: RoundSchema,
  turn: count,
  /** Since the epoch: when a check first found no chunk waiting in the queue, if the last one did too. */
  emptySinceMs: v.optional(milliseconds),
  /** How much of the job was accounted for then. */
  covered: v.optional(count),
  /** When (since the epoch) its job was submitted: one that was deleted may come again under its id. */
  ofJobMs: v.optional(milliseconds),
  /** True where its sender sees that nothing of the job is queued or at work: what it lacks will not come by itself. */
  isIdle: v.optional(v.boolean("true or false")),
});
export type CheckMessage = v.InferOutput<typeof CheckMessageSchema>;

/** The message body that wakes the aggregator for the job. */
export function checkMessage(check: Omit<CheckMessage, "kind" | "version">): string {
  return JSON.stringify({ kind: "check", version: REPORT_VERSION, ...check } satisfies CheckMessage);
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
  parse(AnyKindSchema, message, what); // a newer version may have a kind that is unknown here
  return parse(ResultMessageSchema, message, what);
}

/** Sum (at most the largest double), extremes and number of cells that are no finite number, in row-major order. */
export function summarize(values: ChunkArray): Pick<ChunkReport, "sum" | "min" | "max" | "nonFinite"> {
  let sum = 0;
  let nonFinite = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  // By index: iterating a typed array with for-of takes several times as long.
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (value >= min && value <= max) {
      sum += value;
    } else if (!Number.isFinite(value)) {
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
  const message = (part: readonly ChunkReport[], failed: readonly AttemptFailure[]) =>
    JSON.stringify({
      ...{ kind: "report", version: REPORT_VERSION, ...from, ...(round > 0 && { round }) },
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
