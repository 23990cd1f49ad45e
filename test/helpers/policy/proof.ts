import { runSimulation } from "@cloud-copilot/iam-simulate";
import { STAGES, type Stage } from "../../../shared/build/bundling.ts";
import { ACCOUNT } from "./arns.ts";
import type { Call } from "./call.ts";
import { type Caller, type IamRequest, iamRequests } from "./iam-requests.ts";
import { onBehalf } from "./on-behalf.ts";
import type { Grant, Policy, StackPolicies } from "./stack-policies.ts";

type Grants = StackPolicies["grants"];
type GrantsOfCallers = Readonly<Partial<Record<Caller, readonly Grant[]>>>;

/**
 * Everything that IAM is asked while those calls are made, each once: by the calls themselves, and by AWS in the stages'
 * name. `stageOf` tells whose key or role it is; calls of others, such as the test's own, are left out.
 */
export function requestsOf(
  calls: readonly Call[],
  policies: StackPolicies,
  stageOf: (principal: string) => Stage | undefined,
): IamRequest[] {
  const ofCalls = calls.flatMap((call) => {
    const stage = stageOf(call.principal);
    return stage ? iamRequests(stage, call, policies.keyOf) : [];
  });
  const all = [...onBehalf(policies), ...ofCalls];
  return [...new Map(all.map((request) => [JSON.stringify(request), request])).values()];
}

/** The requests that the grants do not allow. */
export async function denied(
  requests: readonly IamRequest[],
  { protecting }: StackPolicies,
  grants: GrantsOfCallers,
): Promise<string[]> {
  const answers = await Promise.all(
    requests.map(async (request) => !(await isAllowed(request, grants[request.stage] ?? [], protecting))),
  );
  return requests.filter((_, k) => answers[k]).map(describe);
}

/** The grants that none of the requests made use of. */
export async function unused(
  requests: readonly IamRequest[],
  { protecting }: StackPolicies,
  grants: Grants,
): Promise<string[]> {
  const idle: string[] = [];
  for (const [stage, grant] of eachGrant(grants)) {
    const alike = requests.filter((request) => request.stage === stage && request.action === grant.Action);
    const uses = await Promise.all(alike.map((request) => isAllowed(request, [grant], protecting)));
    if (!uses.includes(true)) idle.push(`${stage}: ${nameOf(grant)}`);
  }
  return idle;
}

/** Every grant with its stage. */
export function eachGrant(grants: Grants): [Stage, Grant][] {
  return STAGES.flatMap((stage) => grants[stage].map((grant): [Stage, Grant] => [stage, grant]));
}

export const nameOf = ({ Action, Resource, Condition }: Grant): string =>
  `${Action} on ${Resource}${Condition ? ` where ${JSON.stringify(Condition)}` : ""}`;

const describe = ({ stage, action, resource, context, reason }: IamRequest) =>
  `${stage}: ${action} on ${resource} ${JSON.stringify(context)}, for ${reason}`;

/**
 * IAM's answer, as an independent implementation of its rules gives it. Throws where that finds an action, resource or
 * policy malformed: it knows AWS's own list of actions and of the resources and conditions each of them takes.
 */
export async function isAllowed(
  { stage, action, resource, context }: IamRequest,
  grants: readonly Grant[],
  protecting: ReadonlyMap<string, Policy>,
): Promise<boolean> {
  const protectedArn = [...protecting.keys()].find(
    (arn) => resource === arn || resource.startsWith(`${arn}/`),
  );
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/${stage}`,
        action,
        resource: { resource, accountId: ACCOUNT },
        // The emulators speak HTTP; without an endpoint of its own the SDK speaks HTTPS, which our policies insist on.
        contextVariables: { "aws:SecureTransport": "true", ...context },
      },
      identityPolicies: [{ name: stage, policy: { Version: "2012-10-17", Statement: grants } }],
      resourcePolicy: protectedArn && protecting.get(protectedArn),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === "error")
    throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  return result.overallResult === "Allowed";
}
