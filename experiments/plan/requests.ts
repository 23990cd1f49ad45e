/** The requests of a plan's formulas beside those that were metered. */
import { kernelMeant } from "../../client/kernels/meant-kernel.ts";
import { billedRequests } from "../../shared/plan/bill.ts";
import { planRound } from "../../shared/plan/plan.ts";
import type { Timing } from "../../shared/plan/requests.ts";
import type { Cost, Usage } from "../../shared/record/cost.ts";
import type { StoredJob } from "../../shared/record/job.ts";

/** What of each stage follows from the plan and from the number of batches in which reports came. */
const FOLLOWING = {
  splitter: ["lambda", "sqs", "put", "get"],
  worker: ["lambda", "put"],
  aggregator: ["lambda", "put", "get"],
} as const;

type Kind = keyof Usage["requests"];

/** Those that follow, one by one, as formulas have them and as they were made; and all that were made. */
export async function comparedRequests(
  kernelNamed: string,
  job: StoredJob,
  { byStage, requests: made }: Cost,
  { batches, workers }: { readonly batches: number; readonly workers: number },
) {
  const { kernel } = await kernelMeant(kernelNamed);
  const cap = { mapping: workers, burst: 0 };
  const { messages } = planRound(job, kernel, { cap }).figures;
  const none = { receive: 0, delete: 0 };
  const timing: Timing = {
    ...{ mapped: messages, environments: workers, cancelLooks: 0, receives: 0 },
    ...{ batches, deliveries: none, checks: 0 },
  };
  const formulas = planRound(job, kernel, { cap, timing }).figures.requests;
  const compared = Object.entries(FOLLOWING).flatMap(([name, kinds]) => {
    const stage = name as keyof typeof FOLLOWING;
    const follow = billedRequests(formulas[stage]);
    return kinds.map((kind: Kind) => ({
      what: `${stage} ${kind}`,
      planned: follow[kind],
      made: byStage[stage].requests[kind],
    }));
  });
  return { compared, made };
}
