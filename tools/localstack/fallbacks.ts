import {
  type CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type StackResource,
} from "@aws-sdk/client-cloudformation";

/** Types that LocalStack is known not to make, with the consequence for this stack. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  ["AWS::CloudWatch::Dashboard", "there is no dashboard to look at; the template has it"],
  ["AWS::CDK::Metadata", "nothing but a note on the CDK's version"],
  ["Custom::S3AutoDeleteObjects", "never runs; LocalStack deletes a bucket with all that is in it"],
]);
const PRETENDED_ID = "unknown";
const PRETENDED_REASON = "deployed as a fallback";

export interface Fallback {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** The consequence, if the type is known. */
  readonly meaning: string | undefined;
}

/** Resources that "succeeded" in all stacks of this LocalStack because it has no code for their type. */
export async function findFallbacks(client: CloudFormationClient, signal?: AbortSignal): Promise<Fallback[]> {
  const options = { ...(signal && { abortSignal: signal }) };
  const { Stacks: stacks = [] } = await client.send(new DescribeStacksCommand({}), options);
  const found: Fallback[] = [];
  for (const { StackName: stack = "" } of stacks) {
    const { StackResources: resources = [] } = await client.send(
      new DescribeStackResourcesCommand({ StackName: stack }),
      options,
    );
    for (const resource of resources.filter(isPretended)) {
      const { LogicalResourceId: logicalId = "", ResourceType: type = "" } = resource;
      found.push({ stack, logicalId, type, meaning: KNOWN.get(type) });
    }
  }
  return found;
}

function isPretended({ PhysicalResourceId: id, ResourceStatusReason: reason = "" }: StackResource): boolean {
  return id === undefined || id === PRETENDED_ID || reason.includes(PRETENDED_REASON);
}
