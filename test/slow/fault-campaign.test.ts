import { expect, test } from "vitest";
import { HOW, type Kind, runCampaign } from "../faults/campaign.ts";
import { impossibleHere } from "../faults/journeys/possible.ts";

const SCENARIOS = 200;
/** Of the rarest six are planned; some need a run that is met in its middle. */
const FEWEST_FAULTS = 3;

test.runIf(process.platform === "linux")(
  "two hundred scenarios of every kind of fault each end as predicted",
  async () => {
    const seeds = Array.from({ length: SCENARIOS }, (_, k) => k + 1);
    const { failures, counts, scenarios } = await runCampaign({ seeds });
    const told = failures.map(({ seed, problems, story }) =>
      [`node test/faults/run.ts --seed ${seed}`, ...problems, ...story].join("\n"),
    );
    expect(told).toEqual([]);
    expect(scenarios).toBe(SCENARIOS);
    const impossible: ReadonlyMap<string, string> = impossibleHere();
    for (const [kind, why] of impossible) console.warn(`left out, ${kind}: ${why}`);
    for (const kind of (Object.keys(HOW) as Kind[]).filter((each) => !impossible.has(each)))
      expect(counts[kind].faults, kind).toBeGreaterThanOrEqual(FEWEST_FAULTS);
  },
  1_800_000,
);
