import { expect, test } from "vitest";
import { planLine } from "../../../cli/terminal/plan-line.ts";
import type { StoredJob } from "../../../shared/record/job.ts";
import { JOB_OF_4_CHUNKS, Stages } from "../../helpers/stages.ts";

const planned = {
  seconds: { low: 2.4, expected: 4, high: 6.6 },
  usd: { low: 0.0048, expected: 0.0063, high: 0.0082 },
  pricesDate: "2026-09-19",
};

test("what was planned of a job is in its summary, and is no part of what makes it the same job", async () => {
  const stages = new Stages();
  await stages.split({ ...JOB_OF_4_CHUNKS, planned });
  await stages.split({ ...JOB_OF_4_CHUNKS, planned: { ...planned, pricesDate: "2027-01-01" } });
  await stages.split(JOB_OF_4_CHUNKS);
  expect((stages.store.json("jobs/j/job.json") as StoredJob).planned).toEqual(planned);
  expect((await stages.runToEnd())?.plan).toEqual(planned);
});

test("without a plan there is none in the summary", async () => {
  const stages = new Stages();
  await stages.split(JOB_OF_4_CHUNKS);
  expect(await stages.runToEnd()).not.toHaveProperty("plan");
});

test("a line has both: what was planned, and what it took", () => {
  const usage = { gbSeconds: 1, requests: { lambda: 1, sqs: 1, put: 1, get: 1 }, logBytes: 1 };
  const stage = { ...usage, usd: 0.002, basis: "metered" } as const;
  const byStage = { splitter: stage, worker: stage, aggregator: stage };
  const priced = {
    region: "us-east-1",
    architecture: "arm64",
    memoryMb: 1769,
    pricesDate: "2026-09-19",
  } as const;
  const cost = { ...stage, usd: 0.0058, byStage, ...priced };
  expect(planLine({ plan: planned, makespanMs: 3400, cost })).toEqual([
    [
      "plan",
      "planned 4.0 s (2.4 s to 6.6 s) for 0.0063 USD (0.0048 to 0.0082); its chunks took 3.4 s for 0.0058 USD",
    ],
  ]);
  const free = { ...planned, usd: { low: 0, expected: 0, high: 0 } };
  expect(planLine({ plan: free, makespanMs: 3400 })).toEqual([
    ["plan", "planned 4.0 s (2.4 s to 6.6 s); its chunks took 3.4 s"],
  ]);
  expect(planLine({ makespanMs: 3400 })).toEqual([]);
  const [[, whole = ""] = []] = planLine({ plan: free, makespanMs: 3400 }, { startUp: 500, compute: 3500 });
  expect(whole).toContain("; took 4.0 s");
});
