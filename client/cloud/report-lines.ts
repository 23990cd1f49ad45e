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
  /** The jobs that its lines name: an aggregator names those that it finished, a worker all. */
  readonly jobIds: ReadonlySet<string>;
  /** What its lines weigh, Lambda's own among them. */
  readonly logBytes: number;
}

type Report = Pick<Invocation, "requestId" | "billedMs" | "memoryMb">;

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
    const report = reportIn(message);
    if (report) open.delete(logStreamName);
    else for (const [, jobId = ""] of message.matchAll(JOB_ID)) begun.jobIds.add(jobId);
    return report && { ...report, ...begun };
  };
}

function reportIn(message: string): Report | undefined {
  const requestId = /^REPORT RequestId: (\S+)\t/.exec(message)?.[1];
  if (requestId === undefined)
    return message.includes('"platform.report"') ? reportInJson(message) : undefined;
  const value = (name: string) => Number(new RegExp(`\\t${name}: ([\\d.]+) `).exec(message)?.[1] ?? 0);
  return {
    ...{ requestId, memoryMb: value("Memory Size") },
    billedMs: atLeast(value("Billed Duration"), value("Duration"), value("Init Duration")),
  };
}

const PlatformReportSchema = v.object({
  type: v.literal("platform.report"),
  record: v.object({
    requestId: v.string(),
    metrics: v.object({
      durationMs: v.number(),
      billedDurationMs: v.number(),
      memorySizeMB: v.number(),
      initDurationMs: v.optional(v.number(), 0),
    }),
  }),
});

/** Undefined also for a function's own line that has the word in it. */
function reportInJson(message: string): Report | undefined {
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), PlatformReportSchema), message);
  if (!success) return undefined;
  const { requestId, metrics } = output.record;
  const { billedDurationMs, durationMs, initDurationMs, memorySizeMB } = metrics;
  return {
    ...{ requestId, memoryMb: memorySizeMB },
    billedMs: atLeast(billedDurationMs, durationMs, initDurationMs),
  };
}

/** Initialisation is billed since 2025-08-01. LocalStack, and AWS before that day, leave it out of the billed duration. */
const atLeast = (billed: number, durationMs: number, initMs: number) =>
  Math.max(billed, billedMs(durationMs, initMs));
