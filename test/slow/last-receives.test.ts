/** Bursts on the embedded cloud to the end of their last drainer, whose requests are metered. */
import { expect, test } from "vitest";
import { meteredBurst } from "../../experiments/ramps/metered-burst.ts";
import { LAST_LOOKS } from "../../shared/ports/fleet.ts";

const DRAINERS = 6;
const BURST = { drainers: DRAINERS, messages: 60, ms: 200 };

test("each drainer of a former version's splitter waits a second for a last message", async () => {
  const { worker, drainers, waitsForNothing, besideMs } = await meteredBurst({ ...BURST, areKeepers: true });
  expect(drainers).toHaveLength(DRAINERS);
  expect([waitsForNothing, worker.emptyReceives]).toEqual([DRAINERS, DRAINERS]);
  expect(besideMs).toBeGreaterThan(1000 * DRAINERS);
});

test("of a burst's drainers the keeper waits, and one that had no message; the others look three times", async () => {
  const { worker, drainers, waitsForNothing } = await meteredBurst({ ...BURST, areKeepers: false });
  expect(drainers.map(({ ended }) => ended)).toEqual(drainers.map(() => "empty"));
  const [, ...others] = drainers;
  const looking = others.filter(({ messages }) => messages > 0).length;
  expect(looking).toBeGreaterThan(0);
  expect(waitsForNothing).toBe(DRAINERS - looking);
  expect(worker.emptyReceives).toBe(DRAINERS - looking + LAST_LOOKS * looking);
});
