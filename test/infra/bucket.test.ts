import { Duration } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import { synthesize } from "./synthesize.ts";

const { arnOf, fanOut, idOf, ofType, resource } = synthesize();
const bucket = resource(fanOut.bucket);

describe("bucket", () => {
  test("there is one, and nobody gets in from outside", () => {
    expect(ofType("AWS::S3::Bucket")).toHaveLength(1);
    expect(bucket.Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
  });

  test("it denies whatever does not come over TLS, and its policy says nothing else", () => {
    const policies = ofType("AWS::S3::BucketPolicy");
    expect(policies).toHaveLength(1);
    expect(policies[0]!.Properties.Bucket).toEqual({ Ref: idOf(fanOut.bucket) });
    expect(policies[0]!.Properties.PolicyDocument.Statement).toEqual([
      {
        Action: "s3:*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
        Effect: "Deny",
        Principal: { AWS: "*" },
        Resource: [arnOf(fanOut.bucket), { "Fn::Join": ["", [arnOf(fanOut.bucket), "/*"]] }],
      },
    ]);
  });

  test("it belongs to its owner alone, without access lists", () => {
    expect(bucket.Properties.OwnershipControls).toEqual({
      Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }],
    });
    expect(bucket.Properties.AccessControl).toBeUndefined();
  });

  test("it encrypts with S3's own key", () => {
    expect(bucket.Properties.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
      { ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } },
    ]);
  });

  test("it drops the parts of an abandoned upload after a day, and no object ever", () => {
    expect(bucket.Properties.LifecycleConfiguration.Rules).toEqual([
      {
        Id: "AbandonedUploads",
        Status: "Enabled",
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    ]);
  });

  test("results go after as many days as the caller says, and uploaded kernels stay", () => {
    const other = synthesize({ resultRetention: Duration.days(90) });
    expect(other.resource(other.fanOut.bucket).Properties.LifecycleConfiguration.Rules).toEqual([
      ...bucket.Properties.LifecycleConfiguration.Rules,
      { Id: "ExpiredResults", Status: "Enabled", ExpirationInDays: 90, Prefix: "jobs/" },
      { Id: "ExpiredRejected", Status: "Enabled", ExpirationInDays: 90, Prefix: "rejected/" },
    ]);
  });

  test("it outlives the stack, and nothing is there that could empty it", () => {
    expect(bucket.DeletionPolicy).toBe("Retain");
    expect(bucket).toHaveProperty("UpdateReplacePolicy", "Retain");
    expect(ofType("Custom::S3AutoDeleteObjects")).toEqual([]);
  });

  test("it goes with its objects where the caller says so, and only then", () => {
    const other = synthesize({ removeObjects: true });
    expect(other.resource(other.fanOut.bucket).DeletionPolicy).toBe("Delete");
    const [emptying, ...more] = other.ofType("Custom::S3AutoDeleteObjects");
    expect(emptying!.Properties.BucketName).toEqual({ Ref: other.idOf(other.fanOut.bucket) });
    expect(more).toEqual([]);
  });

  test("what CDK empties it with leaves no logs behind", () => {
    const other = synthesize({ removeObjects: true });
    const emptying = other
      .ofType("AWS::Lambda::Function")
      .filter(({ Properties }) => !Properties.Architectures);
    expect(emptying).toHaveLength(1);
    const logs = other.stack.node.findChild("EmptyingLogs");
    expect(emptying[0]!.Properties.LoggingConfig).toEqual({ LogGroup: { Ref: other.idOf(logs) } });
    expect(other.resource(logs).DeletionPolicy).toBe("Delete");
    expect(synthesize().stack.node.tryFindChild("EmptyingLogs")).toBeUndefined();
  });
});
