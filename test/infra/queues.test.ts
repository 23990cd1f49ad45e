import { Duration } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import { MAX_RECEIVE_COUNT } from "../../shared/validation/env.ts";
import { synthesize } from "./synthesize.ts";

const { arnOf, fanOut, ofType, resource } = synthesize();
const { chunks, chunkDeadLetters, results, resultDeadLetters, worker, aggregator } = fanOut;
const DAY = 24 * 3600;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const LONGEST_VISIBILITY_SECONDS = 12 * 3600;

describe("queues", () => {
  test.each([
    ["chunk queue", chunks, worker],
    ["result queue", results, aggregator],
    ["chunk dead letters", chunkDeadLetters, aggregator],
  ])("the %s hides a message for six times its consumer's timeout", (_, queue, consumer) => {
    const { VisibilityTimeout } = resource(queue).Properties;
    expect(VisibilityTimeout).toBe(6 * resource(consumer).Properties.Timeout);
  });

  test.each([
    ["chunk queue", chunks, chunkDeadLetters],
    ["result queue", results, resultDeadLetters],
  ])("the %s buries a message after as many attempts as the local engines", (_, queue, deadLetters) => {
    expect(resource(queue).Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: arnOf(deadLetters),
      maxReceiveCount: MAX_RECEIVE_COUNT,
    });
  });

  test("dead letters outlive the messages of their sources", () => {
    for (const queue of [chunks, results])
      expect(resource(queue).Properties.MessageRetentionPeriod).toBe(4 * DAY);
    for (const queue of [chunkDeadLetters, resultDeadLetters]) {
      expect(resource(queue).Properties.MessageRetentionPeriod).toBe(14 * DAY);
      expect(resource(queue).Properties.RedrivePolicy).toBeUndefined();
    }
  });

  test.each([
    [1, 5],
    [1, 900],
    [13, 5],
    [13, 900],
  ])(
    "messages kept for %i days, workers of %i s: dead letters outlive their sources, and these every attempt",
    (days, seconds) => {
      const other = synthesize({
        messageRetention: Duration.days(days),
        workerTimeout: Duration.seconds(seconds),
      });
      for (const [source, deadLetters] of [
        [other.fanOut.chunks, other.fanOut.chunkDeadLetters],
        [other.fanOut.results, other.fanOut.resultDeadLetters],
      ] as const) {
        const { MessageRetentionPeriod, VisibilityTimeout } = other.resource(source).Properties;
        expect(MessageRetentionPeriod).toBe(days * DAY);
        expect(MessageRetentionPeriod).toBeGreaterThan(MAX_RECEIVE_COUNT * VisibilityTimeout);
        expect(VisibilityTimeout).toBeLessThanOrEqual(LONGEST_VISIBILITY_SECONDS);
        expect(other.resource(deadLetters).Properties.MessageRetentionPeriod).toBeGreaterThanOrEqual(
          MessageRetentionPeriod + DAY,
        );
      }
      expect(other.resource(other.fanOut.chunks).Properties.VisibilityTimeout).toBe(6 * seconds);
    },
  );

  test("there are four queues, and all of them encrypt", () => {
    const queues = ofType("AWS::SQS::Queue");
    expect(queues).toHaveLength(4);
    for (const { Properties } of queues) expect(Properties.SqsManagedSseEnabled).toBe(true);
  });

  test("every queue denies whatever does not come over TLS", () => {
    const policies = ofType("AWS::SQS::QueuePolicy");
    for (const queue of [chunks, chunkDeadLetters, results, resultDeadLetters]) {
      const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
      expect(statements).toContainEqual({
        Action: "sqs:*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
        Effect: "Deny",
        Principal: { AWS: "*" },
        Resource: arnOf(queue),
      });
    }
  });
});
