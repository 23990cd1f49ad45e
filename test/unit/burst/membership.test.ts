import { expect, test } from "vitest";
import { drainRequest, LAST_GENERATION, parseDrainRequest } from "../../../shared/burst/drain-request.ts";
import { type ClaimStore, readClaim, writeClaim } from "../../../shared/burst/drainer-claim.ts";
import { Membership } from "../../../shared/burst/membership.ts";
import { MemoryStore } from "../../helpers/memory.ts";

const NOW = 1_700_000_000_000;
const GROUP = { jobId: "j", group: "g" };

/** A drainer of job j, whose group's claim expires after this many seconds; no claim if undefined. */
async function drainer(expiresAfterSeconds: number | undefined) {
  const store = new MemoryStore();
  const clock = { epochMs: () => NOW, monotonicMs: () => 0, cpuMs: () => 0 };
  const invoked: object[] = [];
  if (expiresAfterSeconds !== undefined) {
    const expiresAtMs = NOW + 1000 * expiresAfterSeconds;
    await writeClaim(store, {
      ...{ version: 1, ...GROUP, round: 0, drainers: 7, longestMs: 3000, settled: true, expiresAtMs },
    });
    store.puts.length = 0;
  }
  const ports = { clock, workerTimeoutMs: 60_000 };
  const leave = (
    generation: number,
    ended: "empty" | "time" | "trouble" | "claim",
    { longestMs = 1000, store: through = store as ClaimStore, isKeeper = true } = {},
  ) =>
    new Membership(drainRequest(GROUP, generation, isKeeper), { ...ports, store: through }).leave(
      { ended, longestMs },
      async (next) => void invoked.push(next),
    );
  const endsAfter = async () => {
    const standing = await readClaim(store, GROUP);
    return standing && (standing.endsAtMs - NOW) / 1000;
  };
  const claim = () => new Membership(drainRequest(GROUP, 1, true), { ...ports, store }).claim();
  return { claim, store, invoked, leave, endsAfter };
}

test("a keeper that finds the queue empty lets the claim end when the others must be through with their messages", async () => {
  const { leave, endsAfter, invoked, store } = await drainer(100);
  await leave(1, "empty", { longestMs: 4000 });
  expect(await endsAfter()).toBe(8);
  await leave(1, "empty", { longestMs: 10_000 });
  expect(await endsAfter()).toBe(8);
  expect(store.puts).toHaveLength(1);
  expect(invoked).toEqual([]);
});

test("whoever found nothing at all goes by what the splitter expected of the longest message", async () => {
  const { leave, endsAfter } = await drainer(100);
  await leave(1, "empty", { longestMs: 0 });
  expect(await endsAfter()).toBe(6.5);
});

test("a drainer that is not the keeper leaves the claim alone and unread: others may be at work, or be sent a message", async () => {
  const { leave, endsAfter, store } = await drainer(100);
  const unread: ClaimStore = {
    put: (...one) => store.put(...one),
    get: () => Promise.reject(new Error("read")),
  };
  await leave(1, "empty", { isKeeper: false, store: unread });
  expect(await endsAfter()).toBe(100);
});

test("the successor of a keeper is the keeper, and that of another is none", async () => {
  const { leave, invoked } = await drainer(75);
  await leave(1, "time", { isKeeper: true });
  await leave(1, "time", { isKeeper: false });
  expect(invoked).toMatchObject([{ isKeeper: true }, { isKeeper: false }]);
});

test("all drainers of a former version's splitter keep the claim, as they did", () => {
  const { isKeeper, ...former } = drainRequest(GROUP, 1, false);
  expect(parseDrainRequest(former)).toEqual({ ...former, isKeeper: true });
});

test("whose time is up invokes a successor, and the claim covers it", async () => {
  const { leave, endsAfter, invoked, store } = await drainer(75);
  await leave(3, "time");
  await leave(3, "time");
  expect(invoked).toEqual([drainRequest(GROUP, 4, true), drainRequest(GROUP, 4, true)]);
  // A minute until a successor's event comes, its minute of work, and a quarter more, so that others need not write.
  expect(await endsAfter()).toBe(135);
  // The first wrote for both.
  expect(store.puts).toHaveLength(1);
});

test("an extension and an end that are written at the same time end no claim under which successors work", async () => {
  const { store, leave, invoked, endsAfter } = await drainer(75);
  // While one is about to end the claim, another, whose time is up, extends it.
  let relayed = false;
  const slow: ClaimStore = {
    get: (key) => store.get(key),
    put: async (key, bytes) => {
      if (!relayed) {
        relayed = true;
        await leave(1, "time");
      }
      await store.put(key, bytes);
    },
  };
  await leave(1, "empty", { store: slow });
  expect(invoked).toEqual([drainRequest(GROUP, 2, true)]);
  expect(await endsAfter()).toBeGreaterThanOrEqual(120);
  // The next one who finds the queue empty ends it.
  await leave(2, "empty");
  expect(await endsAfter()).toBe(6.5);
});

test("a claim that is about to end has no successor any more: a splitter may count its places as free", async () => {
  const { leave, invoked, store } = await drainer(0.5);
  await leave(1, "time");
  expect(invoked).toEqual([]);
  expect(store.puts).toEqual([]);
});

test("whoever could not ask the queue has no successor, who could only ask it again", async () => {
  const { leave, invoked, store } = await drainer(75);
  await leave(3, "trouble");
  expect(invoked).toEqual([]);
  expect(store.puts).toEqual([]);
});

test("the last generation has no successor: every chain ends", async () => {
  const { leave, invoked } = await drainer(75);
  await leave(LAST_GENERATION, "time");
  expect(invoked).toEqual([]);
  expect(() => parseDrainRequest(drainRequest(GROUP, LAST_GENERATION + 1, true))).toThrow("at most 500");
});

test.each([undefined, 0, -10])("without a claim that holds (%s s) there is no successor", async (seconds) => {
  const { claim, leave, invoked, store } = await drainer(seconds);
  expect(await claim()).toBeUndefined();
  await leave(1, "time");
  await leave(1, "empty");
  expect(invoked).toEqual([]);
  expect(store.puts).toEqual([]);
});

test("a claim that holds is known to its drainers", async () => {
  const { claim } = await drainer(50);
  expect(await claim()).toMatchObject({ ...GROUP, drainers: 7, longestMs: 3000 });
});

test("whoever gave its concurrency up leaves the claim alone", async () => {
  const { leave, invoked, store } = await drainer(50);
  await leave(1, "claim");
  expect(invoked).toEqual([]);
  expect(store.puts).toEqual([]);
});
