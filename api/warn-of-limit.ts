import { FALLBACK_REGION } from "../shared/plan/prices.ts";
import { limitWarning } from "./limit-warning.ts";
import { deploymentAsked, planOf } from "./plan-job.ts";

/**
 * Plans a job that has a limit, and says where that is probably too low. On a deployment it is one as it is deployed where nothing is set.
 * The library does not plan by itself: this is the command line's.
 */
export async function warnOfLimit(
  job: Parameters<typeof planOf>[0],
  { engine, workers }: { readonly engine: { readonly isRemote: boolean }; readonly workers: number },
  onWarning: ((sentence: string) => void) | undefined,
): Promise<number | undefined> {
  const deployment = deploymentAsked({ region: FALLBACK_REGION }, (field) => field);
  const { engines, basis, compute } = await planOf(job, deployment, workers);
  const warning = limitWarning(job.job.maxUsd, engine.isRemote ? engines.aws : engines.local);
  if (warning !== undefined) onWarning?.(warning);
  return basis === "measured" ? compute.expected : undefined;
}
