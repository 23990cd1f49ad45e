/** A whole fleet on a queue of twelve servers, a third of which a receive without patience asks. Nothing but seeds varies. */
import { expect, test } from "vitest";
import { drainedFleet } from "../../helpers/drained-queue.ts";

const SEEDS = Array.from({ length: 6 }, (_, k) => k + 1);

test.each([
  { drainers: 50, messages: 121, longestMs: 1500 },
  { drainers: 20, messages: 40, longestMs: 10_000 },
  { drainers: 60, messages: 600, longestMs: 300 },
])(
  "$drainers drainers of $messages messages end hardly later than if all waited, and wait for a fifth as long",
  async (fleet) => {
    const sum = { seconds: 0, before: 0, waited: 0, waitedBefore: 0 };
    for (const seed of SEEDS) {
      const now = await drainedFleet({ ...fleet, seed });
      const once = await drainedFleet({ ...fleet, seed, areKeepers: true });
      // Each was worked at once, whatever the looks missed: by a drainer, or by the mapping's workers.
      expect([...now.worked.values()], `seed ${seed}`).toEqual(
        Array.from({ length: fleet.messages }, () => 1),
      );
      sum.seconds += now.makespanSeconds;
      sum.before += once.makespanSeconds;
      sum.waited += now.waitedSeconds;
      sum.waitedBefore += once.waitedSeconds;
    }
    expect(sum.seconds).toBeLessThan(1.03 * sum.before);
    expect(sum.waited).toBeLessThan(sum.waitedBefore / 5);
    // Each other drainer saves its second but for the looks.
    const saved = (sum.waitedBefore - sum.waited) / SEEDS.length / (fleet.drainers - 1);
    expect(saved).toBeGreaterThan(0.8);
    expect(saved).toBeLessThan(1);
  },
);
