import { Duration } from "aws-cdk-lib";
import { Architecture } from "aws-cdk-lib/aws-lambda";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { describe, expect, test } from "vitest";
import { STAGES } from "../../shared/build/bundling.ts";
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

  test("a worker's memory and timeout are the caller's choice, and nobody else's", () => {
    const other = synthesize({ workerTimeout: Duration.minutes(5), memoryMb: 3008 });
    const made = STAGES.map((stage) => {
      const { Timeout, MemorySize } = other.resource(other.fanOut[stage]).Properties;
      return [stage, Timeout, MemorySize];
    });
    expect(made).toEqual([
      ["splitter", 900, 1769],
      ["worker", 300, 3008],
      ["aggregator", 900, 1769],
    ]);
  });

  test.each(STAGES)("the %s's architecture and log retention are the caller's choice", (stage) => {
    const other = synthesize({ architecture: Architecture.X86_64, logRetention: RetentionDays.ONE_WEEK });
    expect(other.resource(other.fanOut[stage]).Properties.Architectures).toEqual(["x86_64"]);
    expect(other.resource(other.fanOut[stage].logs).Properties.RetentionInDays).toBe(7);
  });

  test.each(STAGES)("what the caller adds to the %s comes on top", (stage) => {
    const other = synthesize({ [stage]: { environment: { EXTRA: "1" }, description: "mine" } });
    const { Description, Environment } = other.resource(other.fanOut[stage]).Properties;
    expect(Description).toBe("mine");
    expect(Environment.Variables).toEqual({
      EXTRA: "1",
      ...resource(fanOut[stage]).Properties.Environment.Variables,
    });
  });
});
