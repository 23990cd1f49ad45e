import { Duration, type Stack, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, test } from "vitest";
import { place, synthesize } from "./synthesize.ts";

/** Findings of cdk-nag's AwsSolutions without an acknowledgement: the rule and the place. */
function findingsOf(stack: Stack): string[] {
  const { violations } = new AwsSolutionsChecks().validateScope(stack);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
  );
}

/** Each acknowledgement with the construct that it holds for, and its reason. */
const acknowledged = (stack: Stack) =>
  stack.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([id, reason]) => ({ id: id.replace(/^annotation::/i, ""), path: node.path, reason })),
  );

describe("cdk-nag's AwsSolutions", () => {
  test("finds nothing in the stack", () => {
    expect(findingsOf(synthesize().stack)).toEqual([]);
  });

  test("finds nothing with every property changed", () => {
    const { stack } = place((stack) => ({
      maxConcurrency: 10,
      workerTimeout: Duration.minutes(1),
      encryptionKey: new Key(stack, "Key", { enableKeyRotation: true }),
      removeObjects: true,
      resultRetention: Duration.days(30),
    }));
    expect(findingsOf(stack)).toEqual([]);
  });

  test("finds nothing in the topic that a stack makes for mail", () => {
    expect(findingsOf(synthesize({ alarmEmail: "me@example.com" }).stack)).toEqual([]);
  });

  test("has these findings acknowledged and no other, each with a reason of one sentence", () => {
    const { stack, idOf, fanOut } = synthesize();
    const below = (keys: string) => `AwsSolutions-IAM5[Resource::<${idOf(fanOut.bucket)}.Arn>/${keys}/*]`;
    const ofClient = (keys: string) =>
      `Manyhands/FanOut/ClientPolicy AwsSolutions-IAM5[Resource::<${idOf(fanOut.bucket)}.Arn>/${keys}]`;
    const all = acknowledged(stack);
    expect(all.map(({ id, path }) => `${path} ${id}`)).toEqual([
      "Manyhands/FanOut/Bucket AwsSolutions-S1",
      `Manyhands/FanOut/SplitterRole ${below("jobs")}`,
      `Manyhands/FanOut/SplitterRole ${below("kernels")}`,
      `Manyhands/FanOut/SplitterRole ${below("drainers")}`,
      `Manyhands/FanOut/WorkerRole ${below("jobs")}`,
      `Manyhands/FanOut/WorkerRole ${below("rejected")}`,
      `Manyhands/FanOut/WorkerRole ${below("kernels")}`,
      `Manyhands/FanOut/WorkerRole ${below("drainers")}`,
      `Manyhands/FanOut/AggregatorRole ${below("jobs")}`,
      `Manyhands/FanOut/AggregatorRole ${below("rejected")}`,
      ...["jobs/*", "jobs/*/items/*", "jobs/*/control/*", "kernels/*"].map(ofClient),
      "Manyhands/FanOut/ClientPolicy AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/Manyhands/*]",
      ofClient("jobs/doctor-*/probe"),
      "Manyhands/FanOut/ClientPolicy AwsSolutions-IAM5[Resource::*]",
    ]);
    for (const { reason } of all) expect(reason).toMatch(/^[A-Z][^.]{20,}\.$/);
  });

  test("still sees a wildcard, an action and a queue that nobody acknowledged", () => {
    const { stack, fanOut } = synthesize();
    fanOut.worker.addToRolePolicy(new PolicyStatement({ actions: ["s3:Get*"], resources: ["*"] }));
    new Queue(stack, "Careless");
    expect(findingsOf(stack).sort()).toEqual([
      "AwsSolutions-IAM5[Action::s3:Get*] Manyhands/FanOut/WorkerRole/DefaultPolicy/Resource",
      "AwsSolutions-IAM5[Resource::*] Manyhands/FanOut/WorkerRole/DefaultPolicy/Resource",
      "AwsSolutions-SQS3 Manyhands/Careless/Resource",
      "AwsSolutions-SQS4 Manyhands/Careless/Resource",
    ]);
  });
});
