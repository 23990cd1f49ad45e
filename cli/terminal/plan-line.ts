import type { Summary } from "../../shared/record/summary.ts";
import { usd } from "../../shared/validation/usd.ts";
import { between, sum, time } from "./plan-text.ts";
import { wholeSeconds } from "./text.ts";

/**
 * What was planned of a job beside what happened, a line among a run's others; none where no plan was made. A plan's time is that of all
 * phases; without them the line has what the chunks took, and says so.
 */
export function planLine(
  { plan, makespanMs, cost }: Pick<Summary, "plan" | "makespanMs" | "cost">,
  phasesMs?: Readonly<Record<string, number>>,
): (readonly [string, string])[] {
  if (!plan) return [];
  const planned = `planned ${time(plan.seconds.expected)} (${between(plan.seconds, time)})${forSum(plan.usd.expected)}${plan.usd.expected > 0 ? ` (${between(plan.usd, sum)})` : ""}`;
  const took = phasesMs
    ? `took ${time(wholeSeconds(phasesMs))}`
    : `its chunks took ${time(makespanMs / 1000)}`;
  return [["plan", `${planned}; ${took}${forSum(cost?.usd ?? 0)}`]];
}

const forSum = (value: number) => (value > 0 ? ` for ${usd(value)}` : "");
