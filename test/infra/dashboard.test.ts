import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { WorkOutcome } from "../../functions/worker/work.ts";
import { synthesize } from "./synthesize.ts";

interface Widget {
  readonly type: "text" | "metric" | "log";
  readonly properties: {
    readonly title: string;
    readonly query?: string;
    readonly metrics?: readonly unknown[][];
    readonly annotations?: unknown;
  };
}

const { fanOut, idOf, ofType } = synthesize();
const dashboards = ofType("AWS::CloudWatch::Dashboard");
const widgets = bodyOf(dashboards[0]!.Properties.DashboardBody);
const widget = (title: string) => widgets.find(({ properties }) => properties.title === title)!;
const queries = widgets.filter(({ type }) => type === "log").map(({ properties }) => properties.query!);

/** The body with the logical ids of what it refers to. */
function bodyOf(body: { "Fn::Join": [string, unknown[]] }): Widget[] {
  const text = body["Fn::Join"][1].map((part) => {
    if (typeof part === "string") return part;
    const { Ref, "Fn::GetAtt": attribute } = part as { Ref?: string; "Fn::GetAtt"?: string[] };
    return Ref ?? attribute![0];
  });
  return JSON.parse(text.join("")).widgets;
}

/** Metric and resource of each line. */
const linesOf = (title: string) =>
  widget(title).properties.metrics!.map(([, metric, , resource]) => `${metric} ${resource}`);

/** A stage's handler, and what worker and aggregator do with their messages. */
const source = (stage: string) =>
  [`${stage}/${stage}-handler.ts`, "worker/deliver.ts", "aggregator/batch.ts"]
    .map((file) => readFileSync(new URL(`../../functions/${file}`, import.meta.url), "utf8"))
    .join("\n");

describe("dashboard", () => {
  test("there is one", () => {
    expect(dashboards).toHaveLength(1);
  });

  test("it shows every queue, and dead letters by what shows: received where they are drained", () => {
    expect(linesOf("Messages")).toEqual([
      `ApproximateNumberOfMessagesVisible ${idOf(fanOut.chunks)}`,
      `ApproximateNumberOfMessagesNotVisible ${idOf(fanOut.chunks)}`,
      `ApproximateNumberOfMessagesVisible ${idOf(fanOut.results)}`,
      `NumberOfMessagesReceived ${idOf(fanOut.chunkDeadLetters)}`,
      `ApproximateNumberOfMessagesVisible ${idOf(fanOut.resultDeadLetters)}`,
    ]);
  });

  test("it shows the fleet under its cap", () => {
    expect(linesOf("Workers at the same time")).toEqual([`ConcurrentExecutions ${idOf(fanOut.worker)}`]);
    expect(widget("Workers at the same time").properties.annotations).toMatchObject({
      horizontal: [{ value: 900 }],
    });
  });

  test("it shows the percentiles of a worker's durations", () => {
    const { metrics } = widget("What a worker takes for a message").properties;
    expect(metrics!.map((line) => (line.at(-1) as { stat: string }).stat)).toEqual(["p50", "p90", "p99"]);
    expect(new Set(linesOf("What a worker takes for a message"))).toEqual(
      new Set([`Duration ${idOf(fanOut.worker)}`]),
    );
  });

  test("it shows errors and throttles of every stage", () => {
    const stages = [fanOut.splitter, fanOut.worker, fanOut.aggregator];
    expect(linesOf("Errors and throttles").sort()).toEqual(
      stages.flatMap((stage) => [`Errors ${idOf(stage)}`, `Throttles ${idOf(stage)}`]).sort(),
    );
  });

  test("it costs nothing by the month beyond itself: 50 metrics at most, and all of them AWS's own", () => {
    const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);
    expect(metrics.length).toBeLessThanOrEqual(50);
    expect(new Set(metrics.map(([namespace]) => namespace))).toEqual(new Set(["AWS/SQS", "AWS/Lambda"]));
  });

  test("chunks per second are counted from what the worker logs of each message", () => {
    const computed: keyof WorkOutcome = "computed";
    expect(widget("Chunks computed per second").properties.query!.split("\n")).toEqual([
      `SOURCE '${idOf(fanOut.worker.logs)}' | filter message = "message done"`,
      "| fields jsonParse(@message) as entry",
      `| unnest entry.${computed} into chunk`,
      "| stats count(*) / 10 as chunks_per_second by bin(10s)",
    ]);
    // The outcome is spread into the line, so its field is a field of the line.
    expect(source("worker")).toMatch(/logger\.info\("message done", \{[^}]*\.\.\.outcome/);
  });

  test("cold starts are counted from Lambda's own lines, in their text format", () => {
    const query = widget("Cold starts of workers").properties.query!;
    const pattern = new RegExp(/like \/(.*)\/$/m.exec(query)![1]!);
    const line =
      "REPORT RequestId: 8f5e\tDuration: 12.90 ms\tBilled Duration: 13 ms\tMemory Size: 1769 MB\tMax Memory Used: 99 MB\t";
    expect(pattern.test(`${line}Init Duration: 171.31 ms\t`)).toBe(true);
    expect(pattern.test(line)).toBe(false);
    for (const { Properties } of ofType("AWS::Lambda::Function"))
      expect(Properties.LoggingConfig.LogFormat ?? "Text").toBe("Text");
  });

  test("no query asks for a line that no stage logs", () => {
    const logged = ["splitter", "worker", "aggregator"].map(source).join("\n");
    const messages = queries.flatMap((query) => [...query.matchAll(/"((?:job|message|chunk) \w+)"/g)]);
    expect(messages.map(([, message]) => message).sort()).toEqual([
      "job finished",
      "job submitted",
      "message done",
    ]);
    for (const [, message] of messages) expect(logged).toContain(`logger.info("${message}", `);
  });
});
