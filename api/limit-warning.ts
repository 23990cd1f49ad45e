/** What is said of a job that is planned to be charged with more than it may cost. */
import { roundedUp, usd } from "../shared/validation/usd.ts";
import type { EnginePlan } from "./plan-records.ts";

/** Undefined where the limit is probably enough. */
export function limitWarning(
  maxUsd: number | undefined,
  { usd: { expected }, enoughUsd = 0 }: Pick<EnginePlan, "usd" | "enoughUsd">,
) {
  if (maxUsd === undefined || maxUsd >= enoughUsd) return undefined;
  return `Planned ${usd(expected)}, limit ${usd(maxUsd)}: the job may end before it is complete; ${roundedUp(enoughUsd)} USD are probably enough.`;
}

/** The same as a clause of a verdict; empty for a job without a limit. */
export function limitVerdict(maxUsd: number | undefined, enoughUsd: number): string {
  if (maxUsd === undefined) return "";
  const limit = ` A limit of ${usd(maxUsd)}`;
  return maxUsd >= enoughUsd
    ? `${limit} is probably enough.`
    : `${limit} may end it early, or be refused as too little: ${roundedUp(enoughUsd)} USD are probably enough.`;
}
