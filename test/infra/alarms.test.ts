import { Duration } from "aws-cdk-lib";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, test } from "vitest";
import { place, type Resource, synthesize } from "./synthesize.ts";

const made = synthesize();
const { fanOut, idOf, resource } = made;
const nameOf = (queue: Parameters<typeof idOf>[0]) => ({ "Fn::GetAtt": [idOf(queue), "QueueName"] });

const alarm = (name: string, { fanOut, resource } = made): Resource["Properties"] => {
  const found = fanOut.alarms.find(({ node }) => node.id === name);
  expect(found).toBeDefined();
  return resource(found!).Properties;
};
const descriptions = fanOut.alarms.map((found) => resource(found).Properties.AlarmDescription as string);

describe("alarms", () => {
  test.each([
    ["ChunkDeadLetters", "NumberOfMessagesReceived", fanOut.chunkDeadLetters, "Sum", 1],
    ["OldestChunk", "ApproximateAgeOfOldestMessage", fanOut.chunks, "Maximum", 3600],
    ["OldestResult", "ApproximateAgeOfOldestMessage", fanOut.results, "Maximum", 1800],
    ["ResultDeadLetters", "ApproximateNumberOfMessagesVisible", fanOut.resultDeadLetters, "Maximum", 1],
  ])("%s watches %s of its queue", (name, MetricName, queue, Statistic, Threshold) => {
    expect(alarm(name)).toMatchObject({
      Namespace: "AWS/SQS",
      MetricName,
      Dimensions: [{ Name: "QueueName", Value: nameOf(queue) }],
      Statistic,
      Threshold,
    });
  });

  test.each([
    ["SplitterErrors", "Errors", fanOut.splitter],
    ["SplitterDropped", "AsyncEventsDropped", fanOut.splitter],
    ["WorkerErrors", "Errors", fanOut.worker],
    ["WorkerThrottles", "Throttles", fanOut.worker],
    ["AggregatorThrottles", "Throttles", fanOut.aggregator],
  ])("%s goes off with the first of %s", (name, MetricName, stage) => {
    expect(alarm(name)).toMatchObject({
      Namespace: "AWS/Lambda",
      MetricName,
      Dimensions: [{ Name: "FunctionName", Value: { Ref: idOf(stage) } }],
      Statistic: "Sum",
      Threshold: 1,
    });
  });

  test("there are these nine, and while nothing is measured none of them goes off", () => {
    expect(fanOut.alarms.map(({ node }) => node.id)).toHaveLength(9);
    expect(made.ofType("AWS::CloudWatch::Alarm")).toHaveLength(9);
    for (const { Properties } of made.ofType("AWS::CloudWatch::Alarm")) {
      expect(Properties).toMatchObject({
        ComparisonOperator: "GreaterThanOrEqualToThreshold",
        TreatMissingData: "notBreaching",
        EvaluationPeriods: 1,
        Period: 300,
      });
    }
  });

  test("nobody is told unless the caller names a topic", () => {
    for (const { Properties } of made.ofType("AWS::CloudWatch::Alarm")) {
      expect(Properties).not.toHaveProperty("AlarmActions");
      expect(Properties).not.toHaveProperty("OKActions");
    }
  });

  test("the caller's topic is told when it goes off and when it is over", () => {
    const placed = place((stack) => ({ alarmTopic: new Topic(stack, "Topic") }));
    const topic = { Ref: placed.idOf(placed.stack.node.findChild("Topic")) };
    expect(placed.ofType("AWS::CloudWatch::Alarm")).toHaveLength(9);
    for (const { Properties } of placed.ofType("AWS::CloudWatch::Alarm")) {
      expect(Properties).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
    }
  });

  test("a chunk message may be as old as its deliveries take, where that is more than an hour", () => {
    const other = synthesize({ workerTimeout: Duration.minutes(15) });
    const { VisibilityTimeout } = other.resource(other.fanOut.chunks).Properties;
    const { maxReceiveCount } = other.resource(other.fanOut.chunks).Properties.RedrivePolicy;
    const { Threshold, AlarmDescription } = alarm("OldestChunk", other);
    expect(Threshold).toBe(maxReceiveCount * VisibilityTimeout);
    expect(AlarmDescription).toContain("waiting for 7 hours 30 minutes");
  });

  test.each(descriptions)("says what it means and what to do: %s", (description) => {
    expect(description).toMatch(/^[A-Z].*\. What to do: .*\.$/);
    // What CloudWatch takes, https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    expect(description.length).toBeLessThanOrEqual(1024);
  });

  test("a worker's limits in the text are those it has", () => {
    const other = synthesize({ memoryMb: 512, workerTimeout: Duration.seconds(30), maxConcurrency: 7 });
    expect(alarm("WorkerErrors", other).AlarmDescription).toContain(
      "out of time (30 s), out of memory (512 MB)",
    );
    expect(alarm("WorkerThrottles", other).AlarmDescription).toContain("the fleet may be 7");
  });
});
