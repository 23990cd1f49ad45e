/**
 * What Lambda's own lines in a function's log say of its invocations, in both of their formats:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html (text),
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html (JSON).
 */
import * as v from "valibot";
import { billedMs } from "../../shared/plan/bill.ts";

interface LogEvent {
  readonly logStreamName?: string | undefined;
  readonly message?: string | undefined;
}

export interface Invocation {
  readonly requestId: string;
  readonly billedMs: number;
  readonly memoryMb: number;
  /** The most that its environment had used by then; absent where the line does not say. */
  readonly usedMb?: number;
  /** The jobs that its lines name: an aggregator names those that it finished, a worker all. */
  readonly jobIds: ReadonlySet<string>;
  /** What its lines weigh, Lambda's own among them. */
  readonly logBytes: number;
}

/** What Lambda reports of an invocation; initialisation and restoring are its environment's, and only its first invocation's. */
export interface PlatformReport {
  readonly requestId: string;
  readonly memoryMb: number;
  readonly usedMb?: number;
  readonly durationMs: number;
  /** As the line has it, which may leave initialisation out. */
  readonly billedMs: number;
  readonly initMs?: number;
  /** How long a snapshot took to be restored (SnapStart). */
  readonly restoreMs?: number;
}

const JOB_ID = /"jobId":\s*"([^"\\]+)"/g;

/**
 * A reader of a function's log, event after event: gives an invocation with its last event. An environment has one at a time: what its
 * stream holds since the report before, its start too, is the invocation's.
 */
export function invocationReader(): (event: LogEvent) => Invocation | undefined {
  const open = new Map<string, { readonly jobIds: Set<string>; logBytes: number }>();
  return ({ logStreamName = "", message = "" }) => {
    const begun = open.get(logStreamName) ?? { jobIds: new Set<string>(), logBytes: 0 };
    open.set(logStreamName, begun);
    begun.logBytes += Buffer.byteLength(message);
    const report = platformReport(message);
    if (report) open.delete(logStreamName);
    else for (const [, jobId = ""] of message.matchAll(JOB_ID)) begun.jobIds.add(jobId);
    return report && { ...billed(report), ...begun };
  };
}

/** Initialisation is billed since 2025-08-01. LocalStack, and AWS before that day, leave it out of the billed duration. */
const billed = ({ requestId, memoryMb, usedMb, durationMs, billedMs: said, initMs = 0 }: PlatformReport) => ({
  ...{ requestId, memoryMb, ...(usedMb !== undefined && { usedMb }) },
  billedMs: Math.max(said, billedMs(durationMs, initMs)),
});

/**
 * The report that a line of a log is; the last line of what Invoke answers with `LogType: "Tail"` is one, too. Undefined for every
 * other line.
 */
export function platformReport(message: string): PlatformReport | undefined {
  const requestId = /^REPORT RequestId: (\S+)\t/.exec(message)?.[1];
  if (requestId === undefined)
    return message.includes('"platform.report"') ? reportInJson(message) : undefined;
  const value = (name: string) => {
    const text = new RegExp(`\\t${name}: ([\\d.]+) `).exec(message)?.[1];
    return text === undefined ? undefined : Number(text);
  };
  return {
    ...{ requestId, memoryMb: value("Memory Size") ?? 0, durationMs: value("Duration") ?? 0 },
    billedMs: value("Billed Duration") ?? 0,
    ...where({
      ...{ usedMb: value("Max Memory Used"), initMs: value("Init Duration") },
      restoreMs: value("Restore Duration"),
    }),
  };
}

/** Those of them that are there. */
const where = ({
  usedMb,
  initMs,
  restoreMs,
}: Readonly<Record<"usedMb" | "initMs" | "restoreMs", number | undefined>>) => ({
  ...(usedMb !== undefined && { usedMb }),
  ...(initMs !== undefined && { initMs }),
  ...(restoreMs !== undefined && { restoreMs }),
});

const PlatformReportSchema = v.object({
  type: v.literal("platform.report"),
  record: v.object({
    requestId: v.string(),
    metrics: v.object({
      durationMs: v.number(),
      billedDurationMs: v.number(),
      memorySizeMB: v.number(),
      maxMemoryUsedMB: v.optional(v.number()),
      initDurationMs: v.optional(v.number()),
      restoreDurationMs: v.optional(v.number()),
    }),
  }),
});

/** Undefined also for a function's own line that has the word in it. */
function reportInJson(message: string): PlatformReport | undefined {
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), PlatformReportSchema), message);
  if (!success) return undefined;
  const { requestId, metrics } = output.record;
  return {
    ...{ requestId, memoryMb: metrics.memorySizeMB, durationMs: metrics.durationMs },
    billedMs: metrics.billedDurationMs,
    ...where({
      ...{ usedMb: metrics.maxMemoryUsedMB, initMs: metrics.initDurationMs },
      restoreMs: metrics.restoreDurationMs,
    }),
  };
}
