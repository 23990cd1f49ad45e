import { expect, test } from "vitest";
import { Membership } from "../../../functions/worker/membership.ts";
import { drainRequest, LAST_GENERATION, parseDrainRequest } from "../../../shared/drain.ts";
import { type DrainerClaim, writeClaim } from "../../../shared/drainer-claim.ts";
import { claimKey } from "../../../shared/keys.ts";
import { MemoryStore } from "../../helpers/memory.ts";

const NOW = 1_700_000_000_000;

/** A drainer of job j, whose group's claim expires after so many seconds; none where that is undefined. */
async function drainer(expiresAfterSeconds: number | undefined) {
  const store = new MemoryStore();
  const clock = { epochMs: () => NOW, monotonicMs: () => 0, cpuMs: () => 0 };
  const invoked: object[] = [];
  if (expiresAfterSeconds !== undefined) {
    const expiresAtMs = NOW + 1000 * expiresAfterSeconds;
    await writeClaim(store, {
      version: 1,
      jobId: "j",
      drainers: 7,
      longestMs: 3000,
      settled: true,
      expiresAtMs,
    });
    store.puts.length = 0;
  }
  const membership = new Membership("j", { store, clock, workerTimeoutMs: 60_000 });
  const leave = (generation: number, ended: "empty" | "time" | "trouble" | "claim", longestMs = 1000) =>
    membership.leave(generation, { ended, longestMs }, async (next) => void invoked.push(next));
  const expiresAfter = () => {
    const claim: DrainerClaim | undefined = store.json(claimKey("j"));
    return claim && (claim.expiresAtMs - NOW) / 1000;
  };
  return { membership, store, invoked, leave, expiresAfter };
}

test("whoever finds the queue empty lets the claim end when the others must be through with their messages", async () => {
  const { leave, expiresAfter, invoked, store } = await drainer(100);
  await leave(1, "empty", 4000);
  expect(expiresAfter()).toBe(8);
  await leave(1, "empty", 10_000);
  expect(expiresAfter()).toBe(8);
  expect(store.puts).toHaveLength(1);
  expect(invoked).toEqual([]);
});

test("whoever found nothing at all goes by what the splitter expected of the longest message", async () => {
  const { leave, expiresAfter } = await drainer(100);
  await leave(1, "empty", 0);
  expect(expiresAfter()).toBe(6.5);
});

test("whose time is up invokes a successor, and the claim covers it", async () => {
  const { leave, expiresAfter, invoked, store } = await drainer(75);
  await leave(3, "time");
  await leave(3, "time");
  expect(invoked).toEqual([drainRequest("j", 4), drainRequest("j", 4)]);
  expect(expiresAfter()).toBeGreaterThanOrEqual(120);
  // The first wrote for both.
  expect(store.puts).toHaveLength(1);
});

test("whoever could not ask the queue has a successor too: a disturbance ends no fleet", async () => {
  const { leave, invoked } = await drainer(75);
  await leave(3, "trouble");
  expect(invoked).toEqual([drainRequest("j", 4)]);
  await leave(LAST_GENERATION, "trouble");
  expect(invoked).toHaveLength(1);
});

test("the last generation has no successor: every chain ends", async () => {
  const { leave, invoked } = await drainer(75);
  await leave(LAST_GENERATION, "time");
  expect(invoked).toEqual([]);
  expect(() => parseDrainRequest(drainRequest("j", LAST_GENERATION + 1))).toThrow("at most 500");
});

test.each([undefined, 0, -10])("without a claim that holds (%s s) there is no successor", async (seconds) => {
  const { membership, leave, invoked, store } = await drainer(seconds);
  expect(await membership.claim()).toBeUndefined();
  await leave(1, "time");
  await leave(1, "empty");
  expect(invoked).toEqual([]);
  expect(store.puts).toEqual([]);
});

test("whoever gave its concurrency up leaves the claim alone", async () => {
  const { leave, invoked, store } = await drainer(50);
  await leave(1, "claim");
  expect(invoked).toEqual([]);
  expect(store.puts).toEqual([]);
});
