import type { Summary } from "../../shared/record/summary.ts";
import { usd } from "../../shared/validation/usd.ts";
import { between, sum, time } from "./plan-text.ts";

/**
 * What was planned of a job beside what happened, a line among a run's others; none where no plan was made. Its time is that of its chunks,
 * which no start and no end are in.
 */
export function planLine({
  plan,
  makespanMs,
  cost,
}: Pick<Summary, "plan" | "makespanMs" | "cost">): (readonly [string, string])[] {
  if (!plan) return [];
  const planned = `planned ${time(plan.seconds.expected)} (${between(plan.seconds, time)})${forSum(plan.usd.expected)}${plan.usd.expected > 0 ? ` (${between(plan.usd, sum)})` : ""}`;
  return [["plan", `${planned}; took ${time(makespanMs / 1000)}${forSum(cost?.usd ?? 0)}`]];
}

const forSum = (value: number) => (value > 0 ? ` for ${usd(value)}` : "");
