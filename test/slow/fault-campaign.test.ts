import { expect, test } from "vitest";
import { runCampaign } from "../../experiments/faults/campaign.ts";
import { FAULT_KINDS } from "../../experiments/faults/kinds.ts";

const SCENARIOS = 200;
const FEWEST_FAULTS = 5;

test("two hundred scenarios of every kind of fault each end as predicted", async () => {
  const seeds = Array.from({ length: SCENARIOS }, (_, k) => k + 1);
  const { failures, counts, scenarios } = await runCampaign({ seeds });
  const told = failures.map(({ seed, problems, story }) =>
    [`node experiments/faults/run.ts --seed ${seed}`, ...problems, ...story].join("\n"),
  );
  expect(told).toEqual([]);
  expect(scenarios).toBe(SCENARIOS);
  for (const kind of FAULT_KINDS) expect(counts[kind].faults, kind).toBeGreaterThanOrEqual(FEWEST_FAULTS);
});
