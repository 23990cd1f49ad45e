import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { claimKey } from "../../shared/burst/claim-keys.ts";
import { jobKeys, rejectedKey } from "../../shared/ports/keys.ts";
import { synthesize } from "./synthesize.ts";

const { fanOut, idOf, ofType, readable } = synthesize();

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: { readonly StringLike?: Readonly<Record<string, string>> };
}

const listOf = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

const statementsOf = (stage: "splitter" | "worker" | "aggregator"): Statement[] => {
  const role = { Ref: idOf(fanOut[stage].role!) };
  return ofType("AWS::IAM::Policy")
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(JSON.stringify(role)))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
};

/** One line for each action on each resource, however CDK packed them into statements. */
const grantsOf = (stage: "splitter" | "worker" | "aggregator"): string[] =>
  statementsOf(stage)
    .flatMap(({ Action, Resource, Condition }) =>
      listOf(Action).flatMap((action) =>
        listOf(Resource).map((resource) => {
          const where = Condition ? ` where ${JSON.stringify(Condition.StringLike)}` : "";
          return `${action} on ${readable(resource)}${where}`;
        }),
      ),
    )
    .sort();

describe("what each stage may do", () => {
  test("the splitter reads and writes jobs, sends messages, and starts workers within the claims of all", () => {
    expect(grantsOf("splitter")).toEqual([
      "lambda:InvokeFunction on Worker",
      "logs:CreateLogStream on SplitterLogs",
      "logs:PutLogEvents on SplitterLogs",
      "s3:DeleteObject on Bucket/drainers/*",
      "s3:GetObject on Bucket/drainers/*",
      "s3:GetObject on Bucket/jobs/*",
      "s3:GetObject on Bucket/kernels/*",
      's3:ListBucket on Bucket where {"s3:prefix":"drainers/*"}',
      's3:ListBucket on Bucket where {"s3:prefix":"jobs/*"}',
      's3:ListBucket on Bucket where {"s3:prefix":"kernels/*"}',
      "s3:PutObject on Bucket/drainers/*",
      "s3:PutObject on Bucket/jobs/*",
      "sqs:SendMessage on Chunks",
      "sqs:SendMessage on Results",
    ]);
  });

  test("the worker consumes chunk messages, stores chunks, sends reports, and starts one in its place", () => {
    expect(grantsOf("worker")).toEqual([
      "lambda:InvokeFunction on Worker",
      "logs:CreateLogStream on WorkerLogs",
      "logs:PutLogEvents on WorkerLogs",
      "s3:AbortMultipartUpload on Bucket/jobs/*",
      "s3:GetObject on Bucket/drainers/*",
      "s3:GetObject on Bucket/jobs/*",
      "s3:GetObject on Bucket/kernels/*",
      's3:ListBucket on Bucket where {"s3:prefix":"drainers/*"}',
      's3:ListBucket on Bucket where {"s3:prefix":"jobs/*"}',
      's3:ListBucket on Bucket where {"s3:prefix":"kernels/*"}',
      "s3:PutObject on Bucket/drainers/*",
      "s3:PutObject on Bucket/jobs/*",
      "s3:PutObject on Bucket/rejected/*",
      "sqs:ChangeMessageVisibility on Chunks",
      "sqs:DeleteMessage on Chunks",
      "sqs:GetQueueAttributes on Chunks",
      "sqs:ReceiveMessage on Chunks",
      "sqs:SendMessage on Chunks",
      "sqs:SendMessage on Results",
    ]);
  });

  test("the aggregator consumes reports and dead letters and stores results", () => {
    expect(grantsOf("aggregator")).toEqual([
      "logs:CreateLogStream on AggregatorLogs",
      "logs:PutLogEvents on AggregatorLogs",
      "s3:AbortMultipartUpload on Bucket/jobs/*",
      "s3:GetObject on Bucket/jobs/*",
      's3:ListBucket on Bucket where {"s3:prefix":"jobs/*"}',
      "s3:PutObject on Bucket/jobs/*",
      "s3:PutObject on Bucket/rejected/*",
      "sqs:ChangeMessageVisibility on Results",
      "sqs:DeleteMessage on ChunkDeadLetters",
      "sqs:DeleteMessage on Results",
      "sqs:GetQueueAttributes on ChunkDeadLetters",
      "sqs:GetQueueAttributes on Chunks",
      "sqs:GetQueueAttributes on Results",
      "sqs:ReceiveMessage on ChunkDeadLetters",
      "sqs:ReceiveMessage on Results",
      "sqs:SendMessage on Chunks",
      "sqs:SendMessage on Results",
    ]);
  });

  test("no stage writes or removes uploaded kernels, and where none may be uploaded no one reads or writes any", () => {
    const stages = ["splitter", "worker", "aggregator"] as const;
    const changing = stages
      .flatMap(grantsOf)
      .filter((grant) => /kernels\//.test(grant) && !/Get|List/.test(grant));
    expect(changing).toEqual([]);
    const { template } = synthesize({ monitoring: false, kernelUploads: "none" });
    expect(JSON.stringify(template.toJSON())).not.toContain("kernels/*");
  });

  test("no policy allows a wildcard action or every resource", () => {
    const documents = [
      ...ofType("AWS::IAM::Policy"),
      ...ofType("AWS::S3::BucketPolicy"),
      ...ofType("AWS::SQS::QueuePolicy"),
    ];
    const allowed = documents
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
      .filter(({ Effect }) => Effect === "Allow");
    expect(allowed.length).toBeGreaterThan(0);
    expect(allowed.flatMap(({ Action }) => listOf(Action)).filter((action) => action.includes("*"))).toEqual(
      [],
    );
    expect(
      allowed.flatMap(({ Resource }) => listOf(Resource)).filter((resource) => resource === "*"),
    ).toEqual([]);
    expect(ofType("AWS::IAM::Policy")).toHaveLength(4);
  });

  test("only Lambda may take the roles, and no managed policy widens them", () => {
    const roles = ofType("AWS::IAM::Role");
    expect(roles).toHaveLength(3);
    for (const { Properties } of roles) {
      expect(Properties.ManagedPolicyArns).toBeUndefined();
      expect(Properties.Policies).toBeUndefined();
      expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
        { Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" } },
      ]);
    }
  });

  test("without burst nobody may invoke a worker or touch a claim", () => {
    const { ofType } = synthesize({ burstConcurrency: 0 });
    const policies = ofType("AWS::IAM::Policy");
    expect(policies).toHaveLength(3);
    expect(JSON.stringify(policies)).not.toMatch(/lambda:|drainers/);
  });

  test("the granted prefixes are those of shared/ports/keys.ts", () => {
    const keys = Object.values(jobKeys("j")).map((key) => (typeof key === "function" ? key("heatmap") : key));
    expect(keys.filter((key) => !key.startsWith("jobs/"))).toEqual([]);
    expect(rejectedKey("m")).toMatch(/^rejected\//);
    expect(claimKey({ jobId: "j", group: "g" })).toMatch(/^drainers\//);
  });

  test("the stores and queues ask for no operation but those that are granted", () => {
    const source = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
    const named = /(?:operation[:=] |operation = |\bcall\()"(\w+)"/g;
    const operations = (path: string) =>
      [...new Set([...source(path).matchAll(named)].map(([, name]) => name))].sort();
    // A new operation needs its action in infra/fan-out.ts, and then its line here.
    expect(operations("shared/ports/aws/s3-store.ts")).toEqual([
      ...["DeleteObject", "GetObject", "ListObjectsV2", "PutObject"],
    ]);
    expect(operations("shared/ports/aws/lambda-function.ts")).toEqual(["Invoke"]);
    expect(operations("shared/ports/aws/sqs-inbox.ts")).toEqual([
      ...["ChangeMessageVisibility", "DeleteMessageBatch", "ReceiveMessage"],
    ]);
    expect(operations("shared/ports/aws/sqs-queue.ts")).toEqual(["GetQueueAttributes", "SendMessageBatch"]);
    expect(operations("shared/ports/aws/multipart-upload.ts")).toEqual([
      ...["AbortMultipartUpload", "CompleteMultipartUpload", "CreateMultipartUpload", "UploadPart"],
    ]);
  });
});
