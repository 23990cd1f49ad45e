/** Jobs with random limits through the faults of the campaign, on the embedded cloud with a meter. */
import { expect, test } from "vitest";
import { runLimited } from "../faults/limited.ts";

const SCENARIOS = 200;

test.runIf(process.platform === "linux")(
  "two hundred scenarios with a limit: faults, copies of each message, and never workers above what it leaves them",
  async () => {
    const seeds = Array.from({ length: SCENARIOS }, (_, k) => k + 1);
    // Few at a time: what is metered is time that passes, on however busy a machine.
    const verdicts = await runLimited({ seeds, lanes: 3 });
    const told = verdicts
      .filter(({ problems }) => problems.length > 0)
      .map(({ seed, problems, story }) =>
        [`node test/faults/run.ts --limited --seed ${seed}`, ...problems, ...story].join("\n"),
      );
    expect(told).toEqual([]);
    // Some ends in each way, and some came near: else limits would be none.
    const states = verdicts.map(({ state }) => state);
    for (const state of ["cancelled", "complete"]) expect(states).toContain(state);
    const shares = verdicts.map(({ workersUsd, forWorkersUsd }) => workersUsd / forWorkersUsd);
    expect(Math.max(...shares)).toBeGreaterThan(0.5);
  },
  1_800_000,
);

test.runIf(process.platform === "linux")(
  "a store that gives every worker each seat and coin, as if there were no gate, is found out by the meter",
  async () => {
    const verdicts = await runLimited({ seeds: [1, 5, 33, 50, 52], grantsAll: true });
    const above = verdicts.filter(({ workersUsd, forWorkersUsd }) => workersUsd > forWorkersUsd);
    // Two of them, by half as much again and more; most other limits are beyond what their jobs can cost.
    expect(above.length).toBeGreaterThan(0);
  },
);
