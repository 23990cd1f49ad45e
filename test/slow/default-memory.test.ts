import { expect, test } from "vitest";
import { byMemory, kneeMemory, meanAt } from "../../experiments/cost/by-memory.ts";
import { JOBS, kernelOf } from "../../experiments/cost/jobs.ts";
import type { Results } from "../../experiments/cost/run.ts";
import { autoCut } from "../../experiments/cost/simulated.ts";
import { readRecorded } from "../../experiments/measuring/experiment.ts";
import { DEFAULTS } from "../../infra/settings.ts";
import { DEFAULT_WORKERS } from "../../shared/plan/workers.ts";

/** docs/decisions/aws.md: it stays as long as no memory is better than that. */
const WORTH_A_CHANGE = 0.1;

test("the default memory's time x cost is within a tenth of the least that any memory has, over six jobs", async () => {
  const { fields } = readRecorded<Results>("cost").results;
  const kernels = await Promise.all(JOBS.map(kernelOf));
  const rows = byMemory(JOBS.map((job, k) => autoCut(kernels[k]!, job, fields[k]!)));
  const { product } = meanAt(rows, DEFAULTS.memoryMb);
  expect(product).toBeLessThan((1 + WORTH_A_CHANGE) * kneeMemory(rows).mean.product);
  expect(DEFAULT_WORKERS.memoryMb).toBe(DEFAULTS.memoryMb);
});
