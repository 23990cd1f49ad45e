import type { OnPlan } from "../../api/plan-there.ts";
import { InterruptedError } from "../../client/engines/interrupted.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { usd } from "../../shared/validation/usd.ts";
import { ask, isAnybodyThere } from "./ask.ts";
import { deployedLine } from "./plan-text.ts";

/** A job that is expected to cost more is asked about. */
const ASK_ABOVE_USD = 1;

/** Prints the plan in a line and asks about a dear job. Throws InvalidInputError where no user can answer, InterruptedError for a no. */
export function acceptPlan({
  yes = false,
  isSilent,
}: {
  readonly yes?: boolean | undefined;
  readonly isSilent: boolean;
}): OnPlan {
  return async (plan, { isFree, warning }) => {
    if (!isSilent)
      for (const line of [deployedLine(plan), warning]) if (line) process.stderr.write(`${line}\n`);
    const { expected } = plan.engines.aws.usd;
    if (yes || isFree || expected <= ASK_ABOVE_USD) return;
    const question = `It is expected to cost ${usd(expected)}, more than ${usd(ASK_ABOVE_USD)}`;
    if (!isAnybodyThere())
      throw new InvalidInputError("--yes", "given where nobody can be asked", "nothing", `${question}.`);
    if ((await ask(`${question}. Hand it over?`)) !== "yes")
      throw new InterruptedError("Nothing was submitted.");
  };
}
