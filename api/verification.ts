import type { Comparison } from "../client/verify/recompute.ts";
import type { Verification } from "./results.ts";
import type { Verified } from "./verify-job.ts";

type Found<Is> = Extract<Comparison, { readonly is: Is }>;

/** The findings kind by kind, as a program reads them. */
export function verificationOf({
  sample,
  metadata,
  total,
  stored,
  compared,
  missing,
}: Verified): Verification {
  const those = <Is extends Comparison["is"]>(is: Is) =>
    compared
      .filter((one): one is Found<Is> => one.is === is)
      .map(({ is: _, ...rest }) => rest as Omit<Found<Is>, "is">);
  const equal = those("equal").length;
  return {
    isEqual: metadata === undefined && missing.length === 0 && equal === compared.length,
    seed: sample === "all" ? undefined : sample.seed,
    chunks: { total, stored, compared: compared.length, equal },
    different: those("different"),
    corrupt: those("corrupt"),
    unreadable: those("unreadable"),
    ...{ missing, metadata },
  };
}
