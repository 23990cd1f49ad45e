import { Duration } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import { STAGES } from "../../shared/bundling.ts";
import { synthesize } from "./synthesize.ts";

const { fanOut, idOf, ofType, resource } = synthesize();

describe("functions", () => {
  test("there is one for each stage and no other", () => {
    expect(ofType("AWS::Lambda::Function")).toHaveLength(STAGES.length);
  });

  test.each(STAGES)("the %s runs on Node 24 on arm64, with a whole vCPU and nothing reserved", (stage) => {
    const { Properties } = resource(fanOut[stage]);
    expect(Properties.Runtime).toBe("nodejs24.x");
    expect(Properties.Architectures).toEqual(["arm64"]);
    expect(Properties.Handler).toBe("index.handler");
    expect(Properties.MemorySize).toBe(1769);
    expect(Properties.ReservedConcurrentExecutions).toBeUndefined();
  });

  test("a worker has a minute, the other two a quarter of an hour", () => {
    const timeouts = STAGES.map((stage) => [stage, resource(fanOut[stage]).Properties.Timeout]);
    expect(Object.fromEntries(timeouts)).toEqual({ splitter: 900, worker: 60, aggregator: 900 });
  });

  test.each(STAGES)(
    "the %s logs to a group of its own, which is kept for a month and goes with the stack",
    (stage) => {
      const { LoggingConfig } = resource(fanOut[stage]).Properties;
      const logGroup = fanOut.node.children.find((child) => LoggingConfig.LogGroup.Ref === idOf(child))!;
      const { Type, DeletionPolicy, Properties } = resource(logGroup);
      expect({ Type, DeletionPolicy, ...Properties }).toEqual({
        Type: "AWS::Logs::LogGroup",
        DeletionPolicy: "Delete",
        RetentionInDays: 30,
      });
    },
  );

  test("the log groups, roles and functions are all there is: nothing that CDK adds by itself", () => {
    expect(ofType("AWS::Logs::LogGroup")).toHaveLength(STAGES.length);
    expect(ofType("Custom::LogRetention")).toEqual([]);
    expect(ofType("Custom::S3AutoDeleteObjects")).toEqual([]);
  });

  test("what the caller says about a function wins, and the queue follows its timeout", () => {
    const other = synthesize({
      worker: { timeout: Duration.minutes(5), memorySize: 3008, environment: { EXTRA: "1" } },
    });
    const { Timeout, MemorySize, Environment } = other.resource(other.fanOut.worker).Properties;
    expect({ Timeout, MemorySize }).toEqual({ Timeout: 300, MemorySize: 3008 });
    expect(Environment.Variables).toMatchObject({ EXTRA: "1", RETRY_AFTER_SECONDS: "2" });
    expect(other.resource(other.fanOut.chunks).Properties.VisibilityTimeout).toBe(1800);
  });
});
