import { STAGES, type Stage } from "../../../shared/build/bundling.ts";
import type { Resource } from "../../infra/synthesize.ts";
import { ACCOUNT, type ArnOf, arnsOf, type Template } from "./arns.ts";

/** One action on one resource, however CDK packed it into statements. */
export interface Grant {
  readonly Effect: "Allow";
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: object;
}

export interface Policy {
  readonly Version: string;
  readonly Statement: readonly object[];
}

type Json = Readonly<Record<string, unknown>>;

/** The synthesised policies with the ARNs of a running deployment in the place of references. */
export interface StackPolicies {
  readonly resources: Template;
  readonly functionOf: Readonly<Record<Stage, string>>;
  readonly grants: Readonly<Record<Stage, readonly Grant[]>>;
  /** What the policy for clients allows. */
  readonly clientGrants: () => readonly Grant[];
  /** The customer's key that encrypts a bucket's objects or a queue's messages, by the ARN of the bucket or queue. */
  readonly keyOf: ReadonlyMap<string, string>;
  /** The policies of buckets, queues and keys, by the ARN of what they protect. */
  readonly protecting: ReadonlyMap<string, Policy>;
  readonly arn: ArnOf;
}

/** Other resources that would give a role rights. */

const NOT_READ = ["AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"];

/**
 * Reads the policies of a synthesised template. `functionOf` gives the logical id of each stage's function, `environment`
 * the variables that the functions ran with, `known` what references to other resources gave. Throws for rights that it does not read.
 */
export function stackPolicies(
  resources: Template,
  functionOf: Readonly<Record<Stage, string>>,
  environment: Readonly<Record<string, string | undefined>>,
  known?: ReadonlyMap<string, string>,
): StackPolicies {
  const arn = arnsOf(resources, Object.values(functionOf), environment, known);
  const ofType = (type: string) => Object.values(resources).filter(({ Type }) => Type === type);
  const others = NOT_READ.flatMap(ofType).filter(isAttached);
  if (others.length > 0) throw new Error(`Expected no ${others[0]?.Type}, which is not read`);
  const grantsOf = (stage: Stage): Grant[] => {
    const role = (resources[functionOf[stage]] as Resource).Properties.Role["Fn::GetAtt"][0];
    const { ManagedPolicyArns, Policies } = (resources[role] as Resource).Properties;
    if (ManagedPolicyArns || Policies)
      throw new Error(`The role of the ${stage} has policies that are not read`);
    return ofType("AWS::IAM::Policy")
      .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref?: string }) => Ref === role))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement.flatMap(split(arn)));
  };
  const keyOf = keysOf(resources, arn);
  const protecting = new Map([...keyOf.values()].map((key) => [key, DEFAULT_KEY_POLICY]));
  for (const { Properties } of ofType("AWS::S3::BucketPolicy"))
    protecting.set(arn(Properties.Bucket), resolved(Properties.PolicyDocument, arn));
  for (const { Properties } of ofType("AWS::SQS::QueuePolicy")) {
    for (const queue of Properties.Queues)
      protecting.set(arn(queue), resolved(Properties.PolicyDocument, arn));
  }
  const clientGrants = () =>
    ofType("AWS::IAM::ManagedPolicy").flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.flatMap(split(arn)),
    );
  return { resources, functionOf, grants: byStage(grantsOf), clientGrants, keyOf, protecting, arn };
}

/** The client's managed policy is nobody's before an administrator attaches it: infra/client-grants.ts. */
const isAttached = ({ Type, Properties }: Resource) =>
  Type !== "AWS::IAM::ManagedPolicy" || Properties.Roles !== undefined;

export const byStage = <Value>(value: (stage: Stage) => Value): Record<Stage, Value> =>
  Object.fromEntries(STAGES.map((stage) => [stage, value(stage)])) as Record<Stage, Value>;

/**
 * Leaves everything to the account's roles, as a key's policy does unless its owner changes it. It is the customer's.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
const DEFAULT_KEY_POLICY: Policy = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "kms:*", Resource: "*" },
  ],
};

function keysOf(resources: Template, arn: ArnOf): Map<string, string> {
  const keys = new Map<string, string>();
  for (const [id, { Type, Properties }] of Object.entries(resources)) {
    const [rule] = Properties.BucketEncryption?.ServerSideEncryptionConfiguration ?? [];
    const key =
      Type === "AWS::SQS::Queue"
        ? Properties.KmsMasterKeyId
        : rule?.ServerSideEncryptionByDefault.KMSMasterKeyID;
    if (key) keys.set(arn({ Ref: id }), arn(key));
  }
  return keys;
}

/** Allowing a list is allowing each of it alone; anything but plain lists of what is allowed is not expected here. */
const split =
  (arn: ArnOf) =>
  (statement: Json): Grant[] => {
    const { Effect, Action, Resource, Condition, Sid, ...others } = statement;
    if (Effect !== "Allow" || Object.keys(others).length > 0)
      throw new Error(
        `Expected a statement that allows actions on resources, got ${JSON.stringify(statement)}`,
      );
    return [Action].flat().flatMap((action) =>
      [Resource].flat().map((resource) => ({
        Effect,
        Action: action as string,
        Resource: arn(resource),
        ...(Condition !== undefined && { Condition: Condition as object }),
      })),
    );
  };

/** A policy with every reference in its resources and principals resolved. */
function resolved({ Version, Statement }: { Version: string; Statement: Json[] }, arn: ArnOf): Policy {
  const principals = (principal: unknown) =>
    typeof principal === "string"
      ? principal
      : Object.fromEntries(
          Object.entries(principal as Json).map(([kind, who]) => [kind, [who].flat().map(arn)]),
        );
  return {
    Version,
    Statement: Statement.map((statement) => ({
      ...statement,
      Resource: [statement.Resource].flat().map(arn),
      Principal: principals(statement.Principal),
    })),
  };
}
