import type { Stage } from "../../shared/build/bundling.ts";
import { costOf, type StageUsages, sumOf, weaker } from "../../shared/plan/bill.ts";
import { FALLBACK_REGION } from "../../shared/plan/prices.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";
import type { Architecture, Cost, Usage } from "../../shared/record/cost.ts";
import { pricesHere } from "../prices/own-prices.ts";

/** The deployment that a run of this machine is priced as. */
export interface StandsFor {
  readonly memoryMb: number;
  readonly architecture: Architecture;
  readonly region: string;
}

/** The stack as it is deployed where nothing is set, see infra/settings.ts. */
export const DEFAULT_DEPLOYMENT: StandsFor = Object.freeze({
  memoryMb: DEFAULT_WORKERS.memoryMb,
  architecture: "arm64",
  region: FALLBACK_REGION,
});

/** What a run would have cost there, with what the job's earlier runs did. */
export function billOfRun(
  usages: Readonly<Record<Stage, Usage>>,
  { memoryMb, architecture, region }: StandsFor,
  earlier: Cost | undefined,
): Cost {
  const withEarlier = (stage: Stage): StageUsages[Stage] => {
    const before = earlier?.byStage[stage];
    if (!before) return { ...usages[stage], basis: "metered" };
    return { ...sumOf([before, usages[stage]]), basis: weaker(before.basis, "metered") };
  };
  return costOf(
    {
      splitter: withEarlier("splitter"),
      worker: withEarlier("worker"),
      aggregator: withEarlier("aggregator"),
    },
    { memoryMb, architecture, prices: pricesHere(region) },
  );
}
