import type { Resource } from "../../infra/synthesize.ts";

/** The region that both emulators report. */
const REGION = "us-east-1";
export const ACCOUNT = "000000000000";

export const bucketArn = (name: string) => `arn:aws:s3:::${name}`;

export const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;

/** With its streams, as CloudFormation gives it. */
export const logGroupArn = (name: string) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*`;

/** CloudFormation gives a stack an id when it is made. */
export const stackArn = (name: string) => `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${name}/some-id`;

/** The last two segments of a queue's URL are its account and its name, whatever the endpoint puts before them. */
export function queueArn(url: string): string {
  const [account, name] = new URL(url).pathname.split("/").slice(-2);
  return `arn:aws:sqs:${REGION}:${account}:${name}`;
}

export type Template = Readonly<Record<string, Resource>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** What a template's value is in a deployment: a name as it is, and an ARN for a reference. Throws for any other. */
export type ArnOf = (value: unknown) => string;

/**
 * The ARNs behind a template's references, by the environment that its functions ran with: the template says which
 * resource each variable names, so the test needs no list of buckets and queues. `known` has what further references
 * gave, by their logical ids.
 */
export function arnsOf(
  resources: Template,
  functions: readonly string[],
  environment: Environment,
  known: ReadonlyMap<string, string> = new Map(),
): ArnOf {
  const named = new Map<string, string>();
  const name = (id: string, actual: string) => {
    const arn = ARN_OF_NAME[resources[id]?.Type ?? ""]?.(actual);
    if (arn !== undefined) named.set(id, arn);
  };
  for (const id of functions) {
    const variables: object = resources[id]?.Properties.Environment.Variables;
    for (const [variable, value] of Object.entries(variables)) {
      if (typeof value === "string") continue;
      const actual = environment[variable];
      if (actual === undefined) throw new Error(`Nobody says what ${variable} was`);
      const { Ref, "Fn::GetAtt": attribute } = value as Reference;
      if (attribute?.[1] === "Arn") named.set(attribute[0], actual);
      else if (Ref) name(Ref, actual);
    }
  }
  // Last: a variable may name another resource in each function.
  for (const [id, actual] of known) name(id, actual);
  const arnOfId = (id: string) => named.get(id) ?? UNNAMED[resources[id]?.Type ?? ""]?.(id);
  const arnOf: ArnOf = (value) => {
    if (typeof value === "string") return value;
    const { Ref, "Fn::GetAtt": attribute, "Fn::Join": join } = value as Reference;
    if (join) return join[1].map(arnOf).join(join[0]);
    const id = attribute?.[1] === "Arn" ? attribute[0] : (Ref ?? "");
    const found = PSEUDO[id] ?? arnOfId(id);
    if (found === undefined) throw new Error(`Expected an ARN, got ${JSON.stringify(value)}`);
    return found;
  };
  return arnOf;
}

interface Reference {
  readonly Ref?: string;
  readonly "Fn::GetAtt"?: readonly [string, string];
  readonly "Fn::Join"?: readonly [string, readonly unknown[]];
}

/** The ARN of what a reference to it gives: a name, or a queue's URL. */
const ARN_OF_NAME: Readonly<Record<string, (name: string) => string>> = {
  "AWS::S3::Bucket": bucketArn,
  "AWS::Lambda::Function": functionArn,
  "AWS::SQS::Queue": queueArn,
  "AWS::Logs::LogGroup": logGroupArn,
};

/** For what no variable names, an ARN in the form that its type has. */
const UNNAMED: Readonly<Record<string, (id: string) => string>> = {
  "AWS::SQS::Queue": (id) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${id}`,
  "AWS::Logs::LogGroup": logGroupArn,
  "AWS::KMS::Key": (id) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`,
};
const PSEUDO: Readonly<Record<string, string>> = {
  "AWS::Partition": "aws",
  "AWS::Region": REGION,
  "AWS::AccountId": ACCOUNT,
};
