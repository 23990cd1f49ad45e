import { roundedUp } from "../validation/usd.ts";
import type { Summary } from "./summary.ts";

/** The option that the command needs which goes on with a job that may cost no more, with a sum that is probably enough. */
export function withMore(summary: Pick<Summary, "cancelledFor" | "limit"> | undefined): readonly string[] {
  if (summary?.cancelledFor !== "budget") return [];
  const { enoughUsd } = summary.limit ?? {};
  return ["--max-usd", enoughUsd === undefined ? "MORE" : roundedUp(enoughUsd)];
}
