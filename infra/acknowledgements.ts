import { type CfnElement, Stack, Validations } from "aws-cdk-lib";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { StageFunction } from "./stage-function.ts";

/**
 * The findings of cdk-nag's AwsSolutions that this design accepts, each with its reason. They are attached to the
 * construct, so an app that places it and runs cdk-nag has nothing to add.
 */
export function acknowledgeBucket(bucket: Bucket): void {
  Validations.of(bucket).acknowledge({
    id: "AwsSolutions-S1",
    reason:
      "Access logs take a second bucket that only grows; what lies here can be computed again, and CloudTrail's data events record access where that is asked for.",
  });
}

/** The findings name the bucket by its logical id, so nothing but this prefix of this bucket is acknowledged. */
export function acknowledgeKeys(stage: StageFunction, bucket: Bucket, keys: readonly string[]): void {
  const id = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnElement);
  for (const pattern of keys) {
    Validations.of(stage.role!).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${id}.Arn>/${pattern}]`,
      reason: `The keys below ${pattern} contain ids that only a job or a message brings; the actions are named, the bucket is ours.`,
    });
  }
}
