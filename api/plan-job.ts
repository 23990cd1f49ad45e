/** A job's plan, from its request to its verdict. */
import { availableParallelism } from "node:os";
import type { Predictions } from "../client/predictions/own-predictions.ts";
import { type PlanOf, planJob } from "../client/predictions/plan-job.ts";
import { pricesHere } from "../client/prices/own-prices.ts";
import type { JobRequest } from "../shared/messages/job-request.ts";
import { capOfFleet, DEFAULT_FLEET } from "../shared/plan/fleet-cap.ts";
import type { PlannedDeployment } from "../shared/plan/planned-deployment.ts";
import { FALLBACK_REGION, lackingIn } from "../shared/plan/prices.ts";
import { refusalOf } from "../shared/plan/refusal.ts";
import { verdictText } from "../shared/plan/verdict.ts";
import { DEFAULT_WORKERS } from "../shared/plan/workers.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";
import { limitVerdict } from "./limit-warning.ts";
import { type NewJob, newJob } from "./new-job.ts";
import type { Listeners, PlanOptions } from "./options.ts";
import { byField, type NameOf, placeAsked } from "./place.ts";
import type { JobPlan, PlannedFor } from "./plan-records.ts";
import { warningsOf } from "./warnings.ts";

/** As the command gives them: values that were read, but not checked. */
export interface PlanAsked extends Pick<PlanOptions, "workers" | "jobId"> {
  readonly deployment?: PlannedFor | undefined;
}

/** What a deployment may be, as infra/settings.ts has it. */
const LIMITS = { memoryMb: [128, 10_240], timeoutSeconds: [5, 900], fleet: [2, 1000] } as const;

/** Takes what a plan predicts, to remember it until the job has run. */
export type OnPredicted = (predictions: Predictions) => void;

/** Times the job's chunks, at most for a second. Sends nothing, and keeps nothing by itself. Throws InvalidInputError. */
export async function planned(
  requested: () => Promise<JobRequest>,
  { workers, jobId, deployment = {}, onWarning }: PlanAsked & Pick<Listeners, "onWarning">,
  nameOf = byField,
  onPredicted?: OnPredicted,
): Promise<JobPlan> {
  const place = placeAsked({ workers }, nameOf);
  const there = deploymentAsked(deployment, nameOf);
  const asked = await newJob(await requested(), jobId, nameOf);
  if (onWarning) for (const warning of warningsOf(asked.job, asked.kernel, nameOf)) onWarning(warning);
  return planOf(asked, there, place.workers, onPredicted);
}

interface PlannedJob extends Pick<NewJob, "job" | "kernel" | "cost">, Pick<PlanOf, "round"> {
  /** What its earlier rounds might cost. */
  readonly spentUsd?: number;
}

/** The plan of a job that was resolved. */
export async function planOf(
  { job, kernel, cost, round, spentUsd = 0 }: PlannedJob,
  deployment: PlannedDeployment,
  workers = availableParallelism(),
  onPredicted?: OnPredicted,
): Promise<JobPlan> {
  const cores = availableParallelism();
  const {
    verdict,
    figures,
    engines,
    runs,
    predictions,
    cost: measured,
    ...others
  } = await planJob({
    ...{ job, kernel, cost, deployment, workers, cores, round },
  });
  onPredicted?.(predictions);
  const { memoryMb, timeoutSeconds, architecture, region, cap } = deployment;
  const refusal = refusalOf({
    ...{ heaviestSeconds: others.heaviestSeconds, timeoutSeconds, memoryMb },
    ...{ peakMemoryMb: others.peakMemoryMb.worker, workers: figures.workers },
    accountLimit: deployment.accountLimit,
  });
  const all = Object.fromEntries(
    Object.entries(engines).map(([engine, { enoughUsd, ...planned }]) => [
      engine,
      { ...planned, ...(enoughUsd !== undefined && { enoughUsd: spentUsd + enoughUsd }) },
    ]),
  ) as unknown as JobPlan["engines"];
  return {
    verdict: refusal ?? verdictText(verdict) + limitVerdict(job.maxUsd, all.aws.enoughUsd ?? 0),
    ...(refusal !== undefined && { refusal }),
    engines: all,
    runs: runs as JobPlan["runs"],
    ...others,
    pricesLacking: lackingIn(pricesHere(region)),
    deployment: { memoryMb, timeoutSeconds, architecture, region, fleet: cap.mapping + cap.burst },
  };
}

/** Throws InvalidInputError that names the field. */
export function deploymentAsked(given: PlannedFor, nameOf: NameOf): PlannedDeployment {
  const { architecture = "arm64", region = FALLBACK_REGION } = given;
  const { memoryMb = DEFAULT_WORKERS.memoryMb, timeoutSeconds = DEFAULT_WORKERS.timeoutSeconds } = given;
  const { fleet = DEFAULT_FLEET } = given;
  for (const [field, value] of Object.entries({ memoryMb, timeoutSeconds, fleet })) {
    const [least, most] = LIMITS[field as keyof typeof LIMITS];
    if (!(Number.isInteger(value) && value >= least && value <= most))
      throw new InvalidInputError(nameOf(field), `a whole number from ${least} to ${most}`, show(value));
  }
  if (architecture !== "arm64" && architecture !== "x86_64")
    throw new InvalidInputError(nameOf("architecture"), "arm64 or x86_64", show(architecture));
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new InvalidInputError(nameOf("region"), "a region such as eu-west-1", show(region));
  return { memoryMb, timeoutSeconds, architecture, region, cap: capOfFleet(fleet) };
}
