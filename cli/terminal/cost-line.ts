import { STAGES } from "../../shared/build/bundling.ts";
import type { Cost } from "../../shared/record/cost.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { printable } from "../../shared/validation/printable.ts";

const DIGITS = 2;
const LEAST_USD = 1e-7;

/** `0.00028 USD`: two digits that count, in plain notation. */
export function usd(amount: number): string {
  if (amount === 0) return "0 USD";
  if (amount < LEAST_USD) return "less than 0.0000001 USD";
  const power = Number(amount.toExponential(DIGITS - 1).split("e")[1]); // after rounding
  return `${amount.toFixed(Math.max(2, DIGITS - 1 - power))} USD`;
}

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

/** The line among a run's others; none where it is not known, or the job ran in one process. */
export function costLine({ cost }: Pick<Summary, "cost">): (readonly [string, string])[] {
  return cost ? [["cost", costText(cost)]] : [];
}
