import { expect, test } from "vitest";
import type { JobPlan } from "../../../api/plan-records.ts";
import { acceptPlan } from "../../../cli/terminal/accept-plan.ts";

const plan = (expected: number) => ({ engines: { aws: { usd: { expected } } } }) as unknown as JobPlan;
const accept = (expected: number, { yes = false, isFree = false } = {}) =>
  acceptPlan({ yes, isSilent: true })(plan(expected), { isFree });

test("a job for more than the stated sum wants an answer, or --yes where no user can give one", async () => {
  await expect(accept(12.3)).rejects.toThrow(
    "Expected --yes to be given where nobody can be asked, got nothing. It is expected to cost 12.30 USD, more than 1.00 USD.",
  );
  await expect(accept(12.3, { yes: true })).resolves.toBeUndefined();
});

test("a cheap job is not asked about, nor one on LocalStack", async () => {
  await expect(accept(1)).resolves.toBeUndefined();
  await expect(accept(1700, { isFree: true })).resolves.toBeUndefined();
});
