/** A job's plan for a deployment that is there, before the job is handed over. */
import type { Cloud } from "../client/cloud/cloud.ts";
import { isLocal } from "../client/cloud/place.ts";
import { plannedDeployment } from "../client/cloud/planned-deployment.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { limitWarning } from "./limit-warning.ts";
import type { NewJob } from "./new-job.ts";
import { planOf } from "./plan-job.ts";
import type { JobPlan } from "./plan-records.ts";

interface PlannedThere {
  /** Nothing is billed there. */
  readonly isFree: boolean;
  /** A sentence where the job is planned to cost more than it may. */
  readonly warning?: string | undefined;
}

/** Is given the plan; the job is handed over once it resolves, and not at all where it rejects. */
export type OnPlan = (plan: JobPlan, there: PlannedThere) => Promise<void>;

/** Nothing is planned where the caller may not read the deployment's settings. Throws InvalidInputError for a job that cannot succeed there. */
export async function planThere(
  cloud: Pick<Cloud, "clients" | "deployment">,
  asked: Pick<NewJob, "job" | "kernel">,
  onPlan: OnPlan,
): Promise<void> {
  const deployment = await plannedDeployment(cloud);
  if (!deployment) return;
  const plan = await planOf(asked, deployment);
  if (plan.refusal !== undefined)
    throw new InvalidInputError(
      "the job",
      "one that its deployment can finish",
      "one that it cannot",
      plan.refusal,
    );
  const warning = limitWarning(asked.job.maxUsd, plan.engines.aws.usd);
  await onPlan(plan, { isFree: isLocal(cloud.deployment.place), warning });
}
