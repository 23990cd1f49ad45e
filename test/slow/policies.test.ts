import { Key } from "aws-cdk-lib/aws-kms";
import { beforeEach, describe, expect, test } from "vitest";
import { STAGES } from "../../shared/build/bundling.ts";
import type { IamRequest } from "../helpers/policy/iam-requests.ts";
import { denied, eachGrant, nameOf, requestsOf, unused } from "../helpers/policy/proof.ts";
import { recordCalls } from "../helpers/policy/record-calls.ts";
import { byStage, type Grant, type StackPolicies, stackPolicies } from "../helpers/policy/stack-policies.ts";
import { place, synthesize } from "../infra/synthesize.ts";

/** Where a grant may have a wildcard, and why it cannot name its resource in full. */
const WILDCARDS = [
  { grant: /^s3:(Get|Put)Object on arn:aws:s3:::[^*]+\/jobs\/\*$/, reason: "callers name their jobs" },
  { grant: /^s3:AbortMultipartUpload on arn:aws:s3:::[^*]+\/jobs\/\*$/, reason: "callers name their jobs" },
  {
    grant: /^s3:ListBucket on [^*]+ where {"StringLike":{"s3:prefix":"jobs\/\*"}}$/,
    reason: "callers name their jobs",
  },
  {
    grant: /^s3:(Get|Put|Delete)Object on arn:aws:s3:::[^*]+\/drainers\/\*$/,
    reason: "callers name their jobs",
  },
  {
    grant: /^s3:ListBucket on [^*]+ where {"StringLike":{"s3:prefix":"drainers\/\*"}}$/,
    reason: "callers name their jobs",
  },
  { grant: /^s3:GetObject on arn:aws:s3:::[^*]+\/kernels\/\*$/, reason: "their bytes name uploaded kernels" },
  {
    grant: /^s3:ListBucket on [^*]+ where {"StringLike":{"s3:prefix":"kernels\/\*"}}$/,
    reason: "their bytes name uploaded kernels",
  },
  { grant: /^s3:PutObject on arn:aws:s3:::[^*]+\/rejected\/\*$/, reason: "SQS names messages" },
  { grant: /^logs:\w+ on [^*]+:log-group:[^*:]+:\*$/, reason: "Lambda names the streams of a log group" },
];

let recording: ReturnType<typeof recordCalls> | undefined;

describe.each([
  ["the stack", () => synthesize()],
  ["the construct with a customer's key", () => place((stack) => ({ encryptionKey: new Key(stack, "Key") }))],
])("%s", (_, synthesizeIt) => {
  let proof: Promise<{ policies: StackPolicies; requests: IamRequest[] }> | undefined;
  let policies: StackPolicies;
  let requests: IamRequest[];
  // Once, but not in beforeAll: what the recording makes on disk goes when a test ends.
  beforeEach(async () => {
    proof ??= prove();
    ({ policies, requests } = await proof);
  }, 120_000);
  const prove = async () => {
    const { template, fanOut, idOf } = synthesizeIt();
    recording ??= recordCalls();
    const { calls, environment } = await recording;
    const functionOf = byStage((stage) => idOf(fanOut[stage]));
    const read = stackPolicies(template.toJSON().Resources, functionOf, environment);
    return { policies: read, requests: requestsOf(calls, read, stageOf) };
  };

  test("each call of each stage is allowed by its role", async () => {
    for (const stage of STAGES)
      expect(requests.filter((request) => request.stage === stage).length).toBeGreaterThan(10);
    expect(await denied(requests, policies, policies.grants)).toEqual([]);
  });

  test("each grant is used, by a stage or by AWS in its name", async () => {
    expect(await unused(requests, policies, policies.grants)).toEqual([]);
  });

  test("a wildcard stands only where a name cannot, for a reason that is written down", () => {
    const wild = eachGrant(policies.grants)
      .map(([, grant]) => nameOf(grant))
      .filter((name) => /[*?]/.test(name));
    expect(wild.filter((name) => !WILDCARDS.some(({ grant }) => grant.test(name)))).toEqual([]);
    expect(WILDCARDS.filter(({ grant }) => !wild.some((name) => grant.test(name)))).toEqual([]);
  });

  test("without any one of the grants, some call is denied", async () => {
    const missed = await Promise.all(
      eachGrant(policies.grants).map(async ([stage, grant]) => {
        const others = policies.grants[stage].filter((other) => other !== grant);
        const affected = requests.filter(
          (request) => request.stage === stage && request.action === grant.Action,
        );
        const refused = await denied(affected, policies, { ...policies.grants, [stage]: others });
        return refused.length > 0 ? [] : [`${stage}: ${nameOf(grant)}`];
      }),
    );
    expect(missed.flat()).toEqual([]);
  });

  test("a grant that nobody uses is found, however close it is to those in use", async () => {
    const [put] = policies.grants.splitter.filter(({ Action }) => Action === "s3:PutObject") as [Grant];
    const idle: Grant[] = [
      { ...put, Action: "s3:DeleteObject" },
      { ...put, Resource: put.Resource.replace("/jobs/", "/rejected/") },
    ];
    const grants = { ...policies.grants, splitter: [...policies.grants.splitter, ...idle] };
    expect(await unused(requests, policies, grants)).toEqual(
      idle.map((grant) => `splitter: ${nameOf(grant)}`),
    );
  });
});

/** The recorded slots sign with their stage's name. */
const stageOf = (accessKeyId: string) => STAGES.find((stage) => stage === accessKeyId);
