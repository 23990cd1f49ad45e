/** What is said before a job that is planned to be charged with more than it may cost. */
import { usd } from "../shared/validation/usd.ts";
import type { EnginePlan } from "./plan-records.ts";

/** What a message is charged with for its report, as if that came alone: shared/plan/limit.ts has it to the last digit. */
const REPORT_USD = 0.00004;

/** Undefined where the limit is above what the job is expected to be charged with. */
export function limitWarning(
  maxUsd: number | undefined,
  { usd: { expected }, messages }: Pick<EnginePlan, "usd" | "messages">,
) {
  if (maxUsd === undefined || maxUsd >= expected + messages * REPORT_USD) return undefined;
  return `Planned ${usd(expected)}, limit ${usd(maxUsd)}: the job will probably end before it is complete.`;
}
