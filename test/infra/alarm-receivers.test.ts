import { describe, expect, test } from "vitest";
import { SettingError } from "../../infra/settings.ts";
import { synthesize } from "./synthesize.ts";

const TOPIC = "arn:aws:sns:eu-west-3:000000000000:alarms";
const KEY = "arn:aws:kms:eu-west-3:000000000000:key/01234567-89ab-cdef-0123-456789abcdef";
const actionsOf = ({ ofType }: ReturnType<typeof synthesize>) =>
  new Set(ofType("AWS::CloudWatch::Alarm").map(({ Properties }) => JSON.stringify(Properties.AlarmActions)));

describe("who is told of alarms", () => {
  test("an address for mail, by a topic that CloudWatch may publish to over TLS alone", () => {
    const made = synthesize({ alarmEmail: "me@example.com" });
    const [subscription, ...others] = made.ofType("AWS::SNS::Subscription");
    expect(others).toEqual([]);
    expect(subscription!.Properties).toMatchObject({ Protocol: "email", Endpoint: "me@example.com" });
    expect(actionsOf(made)).toEqual(new Set([JSON.stringify([subscription!.Properties.TopicArn])]));
    const [policy] = made.ofType("AWS::SNS::TopicPolicy");
    expect(policy!.Properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      expect.objectContaining({
        ...{ Effect: "Allow", Action: "sns:Publish", Principal: { Service: "cloudwatch.amazonaws.com" } },
        Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
      }),
    ]);
    expect(made.outputs.AlarmReceivers).toMatchObject({
      Value: expect.stringMatching(/^Alarms are mailed to me@example\.com, once the link/),
    });
  });

  test("a topic that is there already", () => {
    const made = synthesize({ alarmTopicArn: TOPIC });
    expect(actionsOf(made)).toEqual(new Set([JSON.stringify([TOPIC])]));
    expect(made.ofType("AWS::SNS::Topic")).toEqual([]);
    expect(made.outputs.AlarmReceivers).toMatchObject({ Value: `Alarms are published to ${TOPIC}.` });
  });

  test("not both, and nobody where there are no alarms", () => {
    const both = { alarmEmail: "me@example.com", alarmTopicArn: TOPIC };
    expect(() => synthesize(both)).toThrow(SettingError);
    expect(() => synthesize({ monitoring: false, alarmTopicArn: TOPIC })).toThrow(
      "Expected monitoring to be true where there is an alarmTopic, got `false`.",
    );
    expect(synthesize({ monitoring: false }).outputs).not.toHaveProperty("AlarmReceivers");
  });
});

test("a key by its ARN encrypts the bucket, the queues and the logs", () => {
  const { fanOut, resource } = synthesize({ encryptionKeyArn: KEY });
  expect(resource(fanOut.chunks).Properties.KmsMasterKeyId).toBe(KEY);
  expect(resource(fanOut.worker.logs).Properties.KmsKeyId).toBe(KEY);
  expect(JSON.stringify(resource(fanOut.bucket).Properties.BucketEncryption)).toContain(KEY);
});
