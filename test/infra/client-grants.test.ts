import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { FanOut } from "../../infra/fan-out.ts";
import { SettingError } from "../../infra/settings.ts";
import { appWith, describeStack, type Resource } from "./synthesize.ts";

const PAGE = join(import.meta.dirname, "../../examples/standing/worker-policy.json");
const stack = new Stack(appWith(), "Other");
const encryptionKey = new Key(stack, "Key", { enableKeyRotation: true });
const fanOut = new FanOut(stack, "FanOut", { encryptionKey });
const assumedBy = new ServicePrincipal("lambda.amazonaws.com");
const reader = new Role(stack, "Reader", { assumedBy });
const submitter = new Role(stack, "Submitter", { assumedBy });
const worker = new Role(stack, "StandingWorker", { assumedBy });
fanOut.grantRead(reader);
fanOut.grantSubmit(submitter);
fanOut.grantWork(worker);
const { ofType, idOf, resource, readable } = describeStack(stack, fanOut);

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: { readonly StringLike?: object };
}

/** One line for each action on each resource. */
const lines = ({ Properties }: Resource): string[] =>
  Properties.PolicyDocument.Statement.flatMap(({ Action, Resource, Condition }: Statement) =>
    [Action].flat().flatMap((action) =>
      [Resource].flat().map((on) => {
        const where = Condition ? ` where ${JSON.stringify(Condition.StringLike)}` : "";
        return `${action} on ${readable(on).replaceAll(/\{"Ref":"AWS::\w+"\}/g, "*")}${where}`;
      }),
    ),
  ).sort();

const policyOf = (role: Role) =>
  ofType("AWS::IAM::Policy").find(({ Properties }) => Properties.Roles[0].Ref === idOf(role))!;

const READ = [
  "cloudformation:DescribeStacks on arn:*:cloudformation:*:*:stack/Other/*",
  "kms:Decrypt on Key",
  "s3:GetObject on Bucket/jobs/*",
  's3:ListBucket on Bucket where {"s3:prefix":"jobs/*"}',
  "sqs:GetQueueAttributes on Chunks",
  "sqs:GetQueueAttributes on Results",
];
const SUBMIT = [
  "kms:GenerateDataKey on Key",
  "lambda:GetFunctionConfiguration on Splitter",
  "lambda:GetFunctionConfiguration on Worker",
  "lambda:InvokeFunction on Aggregator",
  "lambda:InvokeFunction on Splitter",
  "s3:DeleteObject on Bucket/jobs/*/items/*",
  's3:ListBucket on Bucket where {"s3:prefix":"kernels/*"}',
  "s3:PutObject on Bucket/kernels/*",
  "s3:PutObject on Bucket/jobs/*/control/*",
  "s3:PutObject on Bucket/jobs/*/items/*",
];
const MANAGE = [
  "cloudwatch:GetMetricData on *",
  ...["Aggregator", "Splitter", "Worker"].flatMap((stage) => [
    `lambda:GetFunctionConfiguration on ${stage}`,
    `logs:FilterLogEvents on ${stage}Logs`,
  ]),
  "lambda:GetAccountSettings on *",
  "lambda:ListEventSourceMappings on *",
  "s3:DeleteObject on Bucket/jobs/*",
  "s3:DeleteObject on Bucket/kernels/*",
  "s3:PutObject on Bucket/jobs/doctor-*/probe",
  "sqs:GetQueueAttributes on ChunkDeadLetters",
  ...["DeleteMessage", "GetQueueAttributes", "ReceiveMessage", "StartMessageMoveTask"].map(
    (action) => `sqs:${action} on ResultDeadLetters`,
  ),
  "sqs:SendMessage on Results",
];

test("one who may read sees jobs and fetches what they gave, and writes and starts nothing", () => {
  expect(lines(policyOf(reader))).toEqual(READ);
});

test("one who may submit starts jobs and steers them, by the keys that a client writes and no others", () => {
  expect(lines(policyOf(submitter))).toEqual([...READ, ...SUBMIT].sort());
});

test("one who may work takes chunks, and stores and reports them, as the policy of docs/machines.md says, and uses the stack's key", () => {
  const { Statement } = JSON.parse(readFileSync(PAGE, "utf8")) as { Statement: Statement[] };
  const named = (on: string) =>
    on
      .replace("CHUNK-QUEUE", "Chunks")
      .replace("RESULT-QUEUE", "Results")
      .replace("stack/Manyhands", "stack/Other")
      .replace(/^arn:aws:(sqs:REGION:ACCOUNT|s3::):/, "")
      .replace("BUCKET", "Bucket")
      .replace("arn:aws:cloudformation:REGION:ACCOUNT", "arn:*:cloudformation:*:*");
  const page = Statement.flatMap(({ Action, Resource, Condition }) =>
    [Action].flat().flatMap((action) =>
      [Resource as string | string[]].flat().flatMap((on) => {
        const prefixes = Condition ? [Object.values(Condition.StringLike ?? {})].flat(2) : [undefined];
        return prefixes.map(
          (prefix) =>
            `${action} on ${named(on)}${prefix === undefined ? "" : ` where ${JSON.stringify({ "s3:prefix": prefix })}`}`,
        );
      }),
    ),
  );
  const key = ["kms:Decrypt on Key", "kms:GenerateDataKey on Key"];
  expect(lines(policyOf(worker))).toEqual([...page, ...key].sort());
});

test("the client's policy has that, and what delete, doctor and cost do; it is attached to no one", () => {
  const policy = resource(fanOut.clientPolicy);
  expect(Object.keys(policy.Properties).sort()).toEqual(["Description", "Path", "PolicyDocument"]);
  // Deleting a job's items is deleting of the job.
  const { "s3:DeleteObject on Bucket/jobs/*/items/*": _, ...granted } = Object.fromEntries(
    [...READ, ...SUBMIT, ...MANAGE].map((line) => [line, true]),
  );
  expect(lines(policy).filter((line) => !line.includes("DeleteObject on Bucket/jobs/*/items/"))).toEqual(
    Object.keys(granted).sort(),
  );
});

test("a service, which has no policy of its own, is refused with a sentence", () => {
  expect(() => fanOut.grantSubmit({ grantPrincipal: assumedBy })).toThrow(SettingError);
  expect(() => fanOut.grantRead({ grantPrincipal: assumedBy })).toThrow(
    /^Expected grantee to be a role or user of this account, got `ServicePrincipal\(lambda\.amazonaws\.com\)`\.$/,
  );
});

test("cdk-nag finds nothing in the roles that were granted something", () => {
  expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
});

test("only who may work is acknowledged to store what was rejected", () => {
  const own = new Stack(appWith(), "Own");
  const pipeline = new FanOut(own, "FanOut", {});
  const clients = ["Reader", "Submitter"].map((id) => new Role(own, id, { assumedBy }));
  pipeline.grantRead(clients[0]!);
  pipeline.grantSubmit(clients[1]!);
  const resources = [pipeline.bucket.arnForObjects("rejected/*")];
  for (const role of clients) role.addToPolicy(new PolicyStatement({ actions: ["s3:PutObject"], resources }));
  const { violations } = new AwsSolutionsChecks().validateScope(own);
  expect(violations.flatMap(({ violatingResources }) => violatingResources)).toHaveLength(2);
});
