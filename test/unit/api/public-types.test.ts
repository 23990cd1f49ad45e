/** Public types are written by hand, so that no dependency's types leak: tsc holds them to the schemas, field by field. */
import { expect, test } from "vitest";
import * as library from "../../../api/index.ts";
import type { JobSpec, JobStatus, SubmissionPlan, Summary } from "../../../api/records.ts";
import type { FoundStatus } from "../../../client/jobs/job-store.ts";
import type { JobRequest as Schema } from "../../../shared/messages/job-request.ts";
import type { Plan as StoredPlan } from "../../../shared/record/plan.ts";
import type { Summary as StoredSummary } from "../../../shared/record/summary.ts";

/** A value of what is stored is one of the public type, and neither has a field that the other lacks. */
type Held<Stored extends Public, Public> = [keyof Stored, keyof Public] extends [keyof Public, keyof Stored]
  ? true
  : never;

test("what is stored is what the public types say", () => {
  const summary: Held<StoredSummary, Summary> = true;
  const spec: Held<StoredSummary["spec"], JobSpec> = true;
  const plan: Held<StoredPlan, SubmissionPlan> = true;
  const cost: Held<NonNullable<StoredSummary["cost"]>, NonNullable<Summary["cost"]>> = true;
  const failed: Held<StoredSummary["failures"][number], Summary["failures"][number]> = true;
  const status: keyof JobStatus extends keyof FoundStatus | "submittedAtMs" ? true : never = true;
  const request: (given: Schema) => library.JobRequest = (given) => given;
  expect([summary, spec, plan, cost, failed, status, request({ kernel: "k" } as Schema).kernel]).toEqual([
    ...[true, true, true, true, true, true, "k"],
  ]);
});

test("the package exports these names", () => {
  expect(Object.keys(library).toSorted()).toEqual([
    ...["ClaimLostError", "CloudError", "CorruptChunkError", "DetachedError", "InterruptedError"],
    ...[
      "InvalidInputError",
      "JobConflictError",
      "LocalEngineError",
      "ManyhandsError",
      "NewerVersionError",
      "RedisError",
      "StageError",
    ],
    ...["attach", "map", "open", "plan", "run", "submit", "tune"],
  ]);
});
