import { join } from "node:path";
import { App, type CfnElement, Stack, Stage } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import type { IConstruct } from "constructs";
import cdkJson from "../../cdk.json" with { type: "json" };
import { FanOut, type FanOutProps } from "../../infra/fan-out.ts";
import { ManyhandsStack, type ManyhandsStackProps } from "../../infra/manyhands-stack.ts";

/** A resource as the template has it; what a test asks for it asks by name, so nothing is typed further. */
export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's JSON, of any shape
  readonly Properties: any;
}

/** The stack with the flags of cdk.json, as it would be deployed. */
export function synthesize(props: ManyhandsStackProps = {}) {
  const stack = new ManyhandsStack(appWith(), "Manyhands", props);
  return describeStack(stack, stack.fanOut);
}

/** The construct in another stack, which makes keys and topics for it first. */
export function place(makeProps: (stack: Stack) => FanOutProps) {
  const stack = new Stack(appWith(), "Other");
  return describeStack(stack, new FanOut(stack, "FanOut", makeProps(stack)));
}

export function appWith(flags: object = cdkJson.context): App {
  return new App({ context: { ...flags } });
}

/** The template of a stack, and how to find things in it. */
export function describeStack(stack: Stack, fanOut: FanOut) {
  const template = Template.fromStack(stack);
  const json = template.toJSON() as { Resources: Record<string, Resource>; Outputs: Record<string, unknown> };
  const idOf = (construct: IConstruct): string =>
    stack.getLogicalId(construct.node.defaultChild as CfnElement);
  const names = new Map<string, string>();
  for (const child of [...stack.node.children, ...fanOut.node.children]) {
    if (child.node.defaultChild) names.set(idOf(child), child.node.id);
  }
  return {
    stack,
    fanOut,
    template,
    outputs: json.Outputs,
    idOf,
    /** The template's resource behind a construct. */
    resource: (construct: IConstruct) => json.Resources[idOf(construct)] as Resource,
    /** The folder that becomes a function's zip. */
    assetOf: (construct: IConstruct) =>
      join(
        Stage.of(stack)!.assetOutdir,
        `asset.${json.Resources[idOf(construct)]!.Properties.Code.S3Key.replace(".zip", "")}`,
      ),
    ofType: (type: string) => Object.values(json.Resources).filter((resource) => resource.Type === type),
    arnOf: (construct: IConstruct) => ({ "Fn::GetAtt": [idOf(construct), "Arn"] }),
    /** An ARN in readable form: `Chunks`, `Bucket/jobs/*`. */
    readable: (arn: unknown): string => readable(arn, names),
  };
}

export type Synthesized = ReturnType<typeof describeStack>;

function readable(arn: unknown, names: ReadonlyMap<string, string>): string {
  if (typeof arn === "string") return arn;
  const { "Fn::GetAtt": attribute, "Fn::Join": join } = arn as {
    "Fn::GetAtt"?: string[];
    "Fn::Join"?: [string, unknown[]];
  };
  if (attribute) return names.get(attribute[0] ?? "") ?? JSON.stringify(arn);
  if (join) return join[1].map((part) => readable(part, names)).join(join[0]);
  return JSON.stringify(arn);
}
