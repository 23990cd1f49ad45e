import { STAGES } from "../../../shared/build/bundling.ts";
import type { IamRequest } from "./iam-requests.ts";
import type { StackPolicies } from "./stack-policies.ts";

/** What AWS does in a function's name and no call of ours shows, with where AWS says that the role must allow it. */
const MAPPING = {
  reason:
    "the event source mapping, https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
  actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  kms: ["kms:Decrypt"],
} as const;
const LOGS = {
  reason: "the function's logs, https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
  actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
} as const;

/** The requests that AWS makes for each event source mapping and each log group of the template. */
export function onBehalf({ resources, functionOf, keyOf, arn }: StackPolicies): IamRequest[] {
  const requests: IamRequest[] = [];
  const context = {};
  for (const stage of STAGES) {
    const id = functionOf[stage];
    for (const { Type, Properties } of Object.values(resources)) {
      if (Type !== "AWS::Lambda::EventSourceMapping" || Properties.FunctionName.Ref !== id) continue;
      const queue = arn(Properties.EventSourceArn);
      const { actions, kms, reason } = MAPPING;
      for (const action of actions) requests.push({ stage, action, resource: queue, context, reason });
      const key = keyOf.get(queue);
      if (key) for (const action of kms) requests.push({ stage, action, resource: key, context, reason });
    }
    // The name of a stream is Lambda's choice, once for each environment.
    const group = resources[id]?.Properties.LoggingConfig.LogGroup;
    const resource = arn(group).replace(/\*$/, "log-stream:of-an-environment");
    for (const action of LOGS.actions)
      requests.push({ stage, action, resource, context, reason: LOGS.reason });
  }
  return requests;
}
