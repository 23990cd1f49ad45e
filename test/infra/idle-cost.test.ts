import { describe, expect, test } from "vitest";
import { describeIdleCost, idleRequests } from "../../infra/idle-cost.ts";
import { synthesize } from "./synthesize.ts";

const outputOf = (outputs: Record<string, unknown>) => (outputs.IdleCost as { Value: string }).Value;

describe("what the stack costs while idle", () => {
  test("every event source mapping polls, with five connections, three times a minute", () => {
    const mappings = synthesize().ofType("AWS::Lambda::EventSourceMapping").length;
    expect(idleRequests()).toBe(mappings * 5 * 3 * 60 * 730);
  });

  test("is storage, polls, and where the free tier is used up, alarms and dashboard", () => {
    const { ofType, outputs } = synthesize();
    const [alarms, dashboards] = [ofType("AWS::CloudWatch::Alarm"), ofType("AWS::CloudWatch::Dashboard")];
    const watching = 0.1 * alarms.length + 3 * dashboards.length;
    expect(outputOf(outputs)).toBe(
      `Storage, and Lambda's polls of the empty queues: at most 0.79 USD a month in us-east-1; alarms and dashboard: ${watching.toFixed(2)} USD, or nothing among the account's free 10 and 3.`,
    );
    // All of them together stay within the free tier of an account that has no others.
    expect(alarms.length).toBeLessThanOrEqual(10);
    expect(dashboards.length).toBeLessThanOrEqual(3);
  });

  test("without monitoring is storage and polls", () => {
    const { ofType, outputs } = synthesize({ monitoring: false });
    expect(ofType("AWS::CloudWatch::Alarm")).toEqual([]);
    expect(ofType("AWS::CloudWatch::Dashboard")).toEqual([]);
    expect(outputs).not.toHaveProperty("DashboardName");
    expect(outputOf(outputs)).toBe(describeIdleCost(undefined));
    expect(outputOf(outputs)).toMatch(/^Storage, and Lambda's polls of the empty queues: .* in us-east-1\.$/);
  });

  test("pollers that are kept ready are said to cost by the hour and to poll, and no sum is said to be the most", () => {
    const { outputs } = synthesize({ monitoring: false, provisionedPollers: { minimum: 7 } });
    expect(outputOf(outputs)).toBe(
      "Storage, and Lambda's polls of the other empty queues: at most 0.53 USD a month in us-east-1; 7 pollers of the chunk queue are kept ready, billed by the hour (https://aws.amazon.com/lambda/pricing/) and for their polls.",
    );
  });

  test("nothing else is there that costs by the hour or the month", () => {
    const types = new Set(typesOf());
    expect([...types].sort()).toEqual([
      "AWS::CloudWatch::Alarm",
      "AWS::CloudWatch::Dashboard",
      "AWS::IAM::ManagedPolicy",
      "AWS::IAM::Policy",
      "AWS::IAM::Role",
      "AWS::Lambda::EventInvokeConfig",
      "AWS::Lambda::EventSourceMapping",
      "AWS::Lambda::Function",
      "AWS::Logs::LogGroup",
      "AWS::S3::Bucket",
      "AWS::S3::BucketPolicy",
      "AWS::SQS::Queue",
      "AWS::SQS::QueuePolicy",
    ]);
  });
});

const typesOf = () =>
  Object.values(synthesize().template.toJSON().Resources as Record<string, { Type: string }>).map(
    ({ Type }) => Type,
  );
