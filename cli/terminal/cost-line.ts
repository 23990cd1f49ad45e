import { STAGES } from "../../shared/build/bundling.ts";
import type { Cost } from "../../shared/record/cost.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { printable } from "../../shared/validation/printable.ts";
import { usd } from "../../shared/validation/usd.ts";

/** What a job cost, in a line: how that is known, what as, and which stages it went to. */
function costText(cost: Cost): string {
  const { architecture, memoryMb, region, pricesDate, byStage } = cost;
  const shares = STAGES.map((stage) => {
    const { basis, usd: part } = byStage[stage];
    const how = basis === cost.basis ? "" : `, ${basis}`;
    return `${stage} ${cost.usd > 0 ? Math.round((100 * part) / cost.usd) : 0} %${how}`;
  });
  const as = `${architecture}, ${memoryMb} MB, ${printable(region)}, prices of ${printable(pricesDate)}`;
  return `${usd(cost.usd)} ${cost.basis} (${shares.join("; ")}), as ${as}`;
}

/** What a job may cost, in a line of its own; none where that has no limit. */
export const limitLine = (maxUsd: number | undefined): (readonly [string, string])[] =>
  maxUsd === undefined ? [] : [["limit", `${usd(maxUsd)} for all its rounds together`]];

/** The line among a run's others; none where it is not known, or the job ran in one process. */
export function costLine({ cost }: Pick<Summary, "cost">): (readonly [string, string])[] {
  return cost ? [["cost", costText(cost)]] : [];
}
