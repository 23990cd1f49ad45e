import { expect, test } from "vitest";
import { SilenceError, settleInSilence } from "../../../client/local/silence.ts";
import type { QueueDepth } from "../../../shared/ports/queue.ts";

const EMPTY: QueueDepth = { waiting: 0, inFlight: 0, delayed: 0 };

/** When (s) a run is settled that looks like this each time, by a clock that goes a second a look; undefined where it is not. */
async function settled(seen: Partial<QueueDepth>, most = 1): Promise<number | undefined> {
  const controller = new AbortController();
  let now = 0;
  const settledAt: number[] = [];
  const watching = settleInSilence(
    {
      isAtWork: () => false,
      depths: async () => [EMPTY, { ...EMPTY, ...seen }],
      longestPauseMs: 16_000,
      settle: async () => {
        if (settledAt.push(now / 1000) === most) controller.abort();
      },
      now: () => (now += 1000),
      pollMs: 0,
    },
    controller.signal,
  );
  await watching.catch((error) => {
    if (!controller.signal.aborted) throw error;
  });
  return settledAt[0];
}

test("where no message is left and no function runs, what lacks is issued again within seconds", async () => {
  const first = await settled({});
  expect(first).toBeGreaterThanOrEqual(2);
  expect(first).toBeLessThan(6);
});

test("a message that is hidden may come again by itself, but not for ever", async () => {
  const first = await settled({ inFlight: 1 });
  expect(first).toBeGreaterThanOrEqual(18);
  expect(first).toBeLessThan(24);
});

test("as long as a function runs, or a message is to be had, nothing is done", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let looks = 0;
  const controller = new AbortController();
  const calls: string[] = [];
  const ports = {
    depths: async () => [{ ...EMPTY, waiting: 1 }],
    ...{ longestPauseMs: 0, pollMs: 0 },
    settle: async () => calls.push("settled"),
    now: () => 1e6 * looks,
  };
  const isAtWork = () => {
    if (++looks > 50) resolve();
    return looks % 2 === 0;
  };
  settleInSilence({ ...ports, isAtWork }, controller.signal).catch(() => {});
  await promise;
  controller.abort();
  expect(calls).toEqual([]);
});

test("a run that settling does not end is given up", async () => {
  await expect(settled({}, Number.POSITIVE_INFINITY)).rejects.toThrow(SilenceError);
});
