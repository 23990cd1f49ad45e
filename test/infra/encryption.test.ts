import { Stack } from "aws-cdk-lib";
import { Key } from "aws-cdk-lib/aws-kms";
import { describe, expect, test } from "vitest";
import { FanOut } from "../../infra/fan-out.ts";
import { STAGES } from "../../shared/build/bundling.ts";
import { appWith, place, type Synthesized, synthesize } from "./synthesize.ts";

const placed = place((stack) => ({ encryptionKey: new Key(stack, "Key") }));
const { arnOf, fanOut, ofType, resource, stack } = placed;
const key = stack.node.findChild("Key");
const queues = ["chunks", "chunkDeadLetters", "results", "resultDeadLetters"] as const;

/** Who else than the account may do what with the key. */
const servicesOf = ({ ofType }: Synthesized) =>
  ofType("AWS::KMS::Key").flatMap(({ Properties }) =>
    Properties.KeyPolicy.Statement.filter(({ Principal }: { Principal: object }) => "Service" in Principal),
  );

describe("a customer's key", () => {
  test("encrypts the bucket, with one data key for many objects", () => {
    const { BucketEncryption } = resource(fanOut.bucket).Properties;
    expect(BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
      {
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: { KMSMasterKeyID: arnOf(key), SSEAlgorithm: "aws:kms" },
      },
    ]);
  });

  test.each(queues)("encrypts the queue %s, with one data key for an hour", (queue) => {
    const { KmsMasterKeyId, KmsDataKeyReusePeriodSeconds, SqsManagedSseEnabled } = resource(
      fanOut[queue],
    ).Properties;
    expect(KmsMasterKeyId).toEqual(arnOf(key));
    expect(KmsDataKeyReusePeriodSeconds).toBe(3600);
    expect(SqsManagedSseEnabled).toBeUndefined();
  });

  test.each(STAGES)("encrypts the %s's logs", (stage) => {
    expect(resource(fanOut[stage].logs).Properties.KmsKeyId).toEqual(arnOf(key));
  });

  test.each(STAGES)("is for the %s to decrypt with and to make data keys of, no more", (stage) => {
    const role = JSON.stringify({ Ref: placed.idOf(fanOut[stage].role!) });
    const statements = ofType("AWS::IAM::Policy")
      .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(role))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => JSON.stringify(Action).includes("kms:"));
    expect(statements).toEqual([
      { Action: ["kms:Decrypt", "kms:GenerateDataKey"], Effect: "Allow", Resource: arnOf(key) },
    ]);
  });

  test("is for CloudWatch Logs to use, for this stack's log groups", () => {
    expect(servicesOf(placed)).toEqual([
      {
        Action: [
          "kms:Decrypt",
          "kms:DescribeKey",
          "kms:Encrypt",
          "kms:GenerateDataKey",
          "kms:GenerateDataKeyWithoutPlaintext",
          "kms:ReEncryptFrom",
          "kms:ReEncryptTo",
        ],
        Condition: {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": {
              "Fn::Join": [
                "",
                [
                  "arn:",
                  { Ref: "AWS::Partition" },
                  ":logs:",
                  { Ref: "AWS::Region" },
                  ":",
                  { Ref: "AWS::AccountId" },
                  ":log-group:Other-*",
                ],
              ],
            },
          },
        },
        Effect: "Allow",
        Principal: { Service: { "Fn::Join": ["", ["logs.", { Ref: "AWS::Region" }, ".amazonaws.com"]] } },
        Resource: "*",
      },
    ]);
  });

  test("that is imported is used as it is, with a word on what its policy must say", () => {
    // Not synthesized: that would print the warning.
    const other = new Stack(appWith(), "Other");
    const arn = other.formatArn({ service: "kms", resource: "key", resourceName: "abc" });
    const { node } = new FanOut(other, "FanOut", { encryptionKey: Key.fromKeyArn(other, "Imported", arn) });
    const warnings = node.metadata.filter(({ type }) => type === "aws:cdk:warning");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]!.data).toContain("its use for log groups Other-*");
    expect(fanOut.node.metadata.filter(({ type }) => type === "aws:cdk:warning")).toEqual([]);
  });

  test("is nobody's default: it would cost a dollar a month", () => {
    const template = JSON.stringify(synthesize().template.toJSON());
    expect(template).not.toContain("kms");
    expect(template).not.toContain("KMS");
  });
});
