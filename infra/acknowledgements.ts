import { type CfnElement, Stack, Token, Validations } from "aws-cdk-lib";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { IConstruct } from "constructs";

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
export function acknowledgeKeys(holder: IConstruct, bucket: Bucket, keys: readonly string[]): void {
  const id = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnElement);
  for (const pattern of keys) {
    Validations.of(holder).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${id}.Arn>/${pattern}]`,
      reason: `The keys below ${pattern} contain ids that only a job or a message brings; the actions are named, the bucket is ours.`,
    });
  }
}

export function acknowledgeRuntime(worker: IConstruct): void {
  Validations.of(worker).acknowledge({
    id: "AwsSolutions-L1",
    reason:
      "Compiled packages come to a new Python months after it; Lambda supports python3.13 until June 2029.",
  });
}

/** A client finds a stack by its name, and CloudFormation's ARN of it ends with an id. */
export function acknowledgeStack(holder: IConstruct, { partition, region, account, stackName }: Stack): void {
  const shown = (value: string, name: string) => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
  const owner = `${shown(region, "Region")}:${shown(account, "AccountId")}`;
  Validations.of(holder).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:${shown(partition, "Partition")}:cloudformation:${owner}:stack/${stackName}/*]`,
    reason: "The stack is named; the star is the id that CloudFormation gives it when it is made.",
  });
}

/** For `manyhands doctor` and `manyhands cost`. */
export function acknowledgeLookingAround(holder: IConstruct): void {
  Validations.of(holder).acknowledge({
    id: "AwsSolutions-IAM5[Resource::*]",
    reason:
      "Lambda takes no resource for reading the account's limits and for listing mappings, nor does CloudWatch for its numbers; all of these only read.",
  });
}
