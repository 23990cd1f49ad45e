/** What is said before a job that is planned to cost more than it may. */
import { usd } from "../shared/validation/usd.ts";

/** Undefined where the limit is above what is expected. */
export function limitWarning(maxUsd: number | undefined, { expected }: { readonly expected: number }) {
  if (maxUsd === undefined || maxUsd >= expected) return undefined;
  return `Planned ${usd(expected)}, limit ${usd(maxUsd)}: the job will probably end before it is complete.`;
}
