import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Stack, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, test } from "vitest";
import { AnalysisStack } from "../../examples/own-app/analysis-stack.ts";
import { STAGES } from "../../shared/build/bundling.ts";
import { appWith, describeStack, synthesize } from "../infra/synthesize.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Without the feature flags of its cdk.json, as in an app that has set none. */
const app = appWith({ mail: "me@example.com" });
const stack = new AnalysisStack(app, "Analysis");
const { fanOut, arnOf, idOf, ofType, outputs, resource } = describeStack(stack, stack.fanOut);
const { start, ended } = stack.nightly;
const ownRoles = [start, ended].map(({ role }) => idOf(role!));

describe("the example app", () => {
  test("places the pipeline with what it says", () => {
    const { MemorySize, Timeout } = resource(fanOut.worker).Properties;
    expect({ MemorySize, Timeout }).toEqual({ MemorySize: 3538, Timeout: 300 });
    const caps = ofType("AWS::Lambda::EventSourceMapping").map(
      ({ Properties }) => Properties.ScalingConfig.MaximumConcurrency,
    );
    expect(caps).toContain(10);
    expect(resource(fanOut.chunks).Properties.KmsMasterKeyId).toEqual(arnOf(stack.node.findChild("Key")));
  });

  test("sends alarms to its topic, which lets CloudWatch publish, as does the key", () => {
    const topic = { Ref: idOf(stack.node.findChild("AlarmTopic")) };
    for (const { Properties } of ofType("AWS::CloudWatch::Alarm"))
      expect(Properties.AlarmActions).toEqual([topic]);
    expect(ofType("AWS::SNS::Subscription")).toHaveLength(1);
    const cloudWatch = { Service: "cloudwatch.amazonaws.com" };
    expect(ofType("AWS::SNS::TopicPolicy")[0]!.Properties.PolicyDocument.Statement).toContainEqual({
      Action: "sns:Publish",
      Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
      Effect: "Allow",
      Principal: cloudWatch,
      Resource: topic,
      Sid: expect.any(String),
    });
    expect(ofType("AWS::KMS::Key")[0]!.Properties.KeyPolicy.Statement).toContainEqual({
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Effect: "Allow",
      Principal: cloudWatch,
      Resource: "*",
    });
  });

  test("has every output of our own stack, with the removal of this one", () => {
    expect(Object.keys(outputs).sort()).toEqual([...Object.keys(synthesize().outputs), "Kernels"].sort());
    expect(outputs.StackName).toMatchObject({ Value: "Analysis" });
    expect(JSON.stringify(outputs.Removal)).toContain("npx cdk destroy leaves bucket ");
  });

  test("is synthesised by the command line of its README, bundles included, with feature flags set", async () => {
    const output = mkdtempSync(join(tmpdir(), "manyhands-own-app-"));
    try {
      const cdk = join(ROOT, "node_modules/.bin/cdk");
      const args = ["synth", "--quiet", "--output", output];
      const { stdout, stderr } = await promisify(execFile)(cdk, args, {
        cwd: join(ROOT, "examples/own-app"),
        env: { ...process.env, CDK_DISABLE_VERSION_CHECK: "1" },
      });
      expect(stdout).toBe("");
      expect(stderr).not.toMatch(/flags are not configured/);
      const { Resources } = JSON.parse(readFileSync(join(output, "Analysis.template.json"), "utf8"));
      const assets = STAGES.map((stage) => Resources[idOf(fanOut[stage])].Properties.Code.S3Key);
      for (const asset of assets)
        expect(
          readFileSync(join(output, `asset.${asset.replace(".zip", "")}`, "index.js")).length,
        ).toBeGreaterThan(5e4);
    } finally {
      rmSync(output, { recursive: true, force: true });
    }
  });

  test("grants its stages no more without our feature flags: the same roles, and no managed policy", () => {
    const roles = STAGES.map((stage) => resource(fanOut[stage].role!));
    for (const { Properties } of roles) expect(Properties.ManagedPolicyArns).toBeUndefined();
    const ofStages = ofType("AWS::IAM::Policy").filter(
      ({ Properties }) => !ownRoles.includes(Properties.Roles[0].Ref),
    );
    const ours = actionsOf(synthesize().ofType("AWS::IAM::Policy"));
    const more = ["kms:Decrypt", "kms:GenerateDataKey", "events:PutEvents"];
    expect([...actionsOf(ofStages)].sort()).toEqual([...ours, ...more].sort());
    expect(ofType("AWS::Logs::LogGroup")).toHaveLength(STAGES.length);
  });

  test("starts a job each night, and hears of its end: the one function may submit, the other may read", () => {
    const rules = ofType("AWS::Events::Rule").map(({ Properties }) => Properties);
    expect(rules).toEqual([
      expect.objectContaining({
        EventPattern: expect.objectContaining({
          detail: { bucket: [{ Ref: idOf(fanOut.bucket) }], kernel: ["decay"] },
        }),
        Targets: [targetOf(ended)],
      }),
      expect.objectContaining({ ScheduleExpression: "cron(0 2 * * ? *)", Targets: [targetOf(start)] }),
    ]);
    const [starter, reader] = ownRoles.map((role) =>
      actionsOf(ofType("AWS::IAM::Policy").filter(({ Properties }) => Properties.Roles[0].Ref === role)),
    );
    expect([...starter!]).toEqual(expect.arrayContaining([...reader!, "lambda:InvokeFunction"]));
    expect([...reader!].filter((action) => !/:(Get|List|Describe|Decrypt)/.test(action))).toEqual([]);
  });

  test("is clean to cdk-nag, with nothing acknowledged beyond what comes with the construct and its grants", () => {
    // Not the functions of the example's own, which are as CDK makes them.
    const placed = stack.node.children.filter((child) => child !== stack.nightly);
    expect(placed.flatMap((child) => new AwsSolutionsChecks().validateScope(child).violations)).toEqual([]);
    const outside = [app, ...stack.node.findAll()].filter(
      ({ node }) => !node.path.startsWith(fanOut.node.path) && acknowledges(node.metadata),
    );
    expect(outside.map(({ node }) => node.path)).toEqual([start, ended].map(({ role }) => role!.node.path));
  });

  test("is a stack without anything of this repository's own name", () => {
    expect(Stack.of(fanOut).stackName).toBe("Analysis");
  });
});

const targetOf = (construct: Parameters<typeof arnOf>[0]) =>
  expect.objectContaining({ Arn: arnOf(construct) });

const acknowledges = (metadata: readonly { readonly type: string }[]) =>
  metadata.some(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY);

const actionsOf = (policies: ReturnType<typeof ofType>): ReadonlySet<string> =>
  new Set(
    policies.flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.flatMap(({ Action }: { Action: string | string[] }) => Action),
    ),
  );
