/** A job's plan for a deployment that is there, before the job is handed over. */
import { availableParallelism } from "node:os";
import { rememberPlan } from "../client/predictions/own-predictions.ts";
import type { JobRequest } from "../shared/messages/job-request.ts";
import type { HandedTo } from "../shared/plan/planned-deployment.ts";
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

/** The least that a figure in a request means. */
const DIGITS = 4;

/**
 * The job's plan for the deployment, accepted and remembered until the job has run, and what the request is to say of it: the plan, and what
 * was measured for it. Nothing is planned where the caller may not read the deployment's settings. Throws InvalidInputError for a job that
 * cannot succeed there.
 */
export async function planThere(
  { settings, isFree }: HandedTo,
  asked: Pick<NewJob, "job" | "kernel" | "cost">,
  onPlan: OnPlan,
): Promise<Pick<JobRequest, "planned" | "computeSeconds">> {
  const deployment = await settings();
  if (!deployment) return {};
  const plan = await planOf(asked, deployment, availableParallelism(), rememberPlan);
  if (plan.refusal !== undefined)
    throw new InvalidInputError(
      "the job",
      "one that its deployment can finish",
      "one that it cannot",
      plan.refusal,
    );
  const warning = limitWarning(asked.job.maxUsd, plan.engines.aws);
  await onPlan(plan, { isFree, warning });
  const { seconds, usd } = plan.engines.aws;
  const { basis, compute, pricesDate } = plan;
  return {
    planned: { seconds, usd, pricesDate },
    ...(basis === "measured" && { computeSeconds: Number(compute.expected.toPrecision(DIGITS)) }),
  };
}
