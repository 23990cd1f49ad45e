import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { STAGES, type Stage } from "../../../shared/build/bundling.ts";
import type { Site } from "../site.ts";
import { readApiLog } from "./api-log.ts";
import type { Call } from "./call.ts";
import { byStage, type StackPolicies, stackPolicies } from "./stack-policies.ts";

/** The stack's outputs that name the functions. */
const FUNCTION_NAMES: Readonly<Record<Stage, string>> = {
  splitter: "SplitterFunctionName",
  worker: "WorkerFunctionName",
  aggregator: "AggregatorFunctionName",
};

/** The policies of a deployed stack and the calls that LocalStack has seen so far. */
export interface SitePolicies {
  readonly policies: StackPolicies;
  readonly calls: readonly Call[];
  /** LocalStack's own calls, in a function's name among them: what on AWS is done on our behalf. */
  readonly internal: readonly Call[];
  readonly stageOf: (roleArn: string) => Stage | undefined;
}

/** `worker` is the output that names the worker which is looked at. */
export async function sitePolicies(
  { folder, outputs, clients }: Site,
  { worker = FUNCTION_NAMES.worker } = {},
): Promise<SitePolicies> {
  const names = { ...FUNCTION_NAMES, worker };
  const template = JSON.parse(readFileSync(join(folder, "cdk.out/Manyhands.template.json"), "utf8"));
  const functionOf = byStage((stage): string => template.Outputs[names[stage]].Value.Ref);
  const stages = new Map<string | undefined, Stage>();
  const environment: Record<string, string> = {};
  const known = new Map(namesIn(template.Outputs, outputs));
  for (const stage of STAGES) {
    const FunctionName = outputs[names[stage]];
    const { Role, Environment, LoggingConfig } = await clients.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    stages.set(Role, stage);
    Object.assign(environment, Environment?.Variables);
    const group = template.Resources[functionOf[stage]].Properties.LoggingConfig.LogGroup.Ref;
    if (LoggingConfig?.LogGroup !== undefined) known.set(group, LoggingConfig.LogGroup);
  }
  return {
    policies: stackPolicies(template.Resources, functionOf, environment, known),
    ...readApiLog(join(folder, "api.log")),
    stageOf: (roleArn) => stages.get(roleArn),
  };
}

/** What each reference in the stack's outputs gave, by the logical id that it refers to. */
function namesIn(
  declared: Readonly<Record<string, { readonly Value: { readonly Ref?: string } }>>,
  outputs: Site["outputs"],
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(declared).flatMap(([key, { Value }]) =>
      Value.Ref ? [[Value.Ref, outputs[key]!] as const] : [],
    ),
  );
}
