import { expect, test } from "vitest";
import { seededRandom } from "../../../cli/local/seeded-random.ts";
import { type BurstPorts, claimDrainers, startDrainers } from "../../../functions/splitter/burst.ts";
import type { DrainRequest } from "../../../shared/drain.ts";
import { type DrainerClaim, writeClaim } from "../../../shared/drainer-claim.ts";
import { claimKey } from "../../../shared/keys.ts";
import { MemoryStore, steppingClock } from "../../helpers/memory.ts";

const wants = (jobId: string, drainers: number) => ({ jobId, drainers, longestMs: 100 });

/** Splitters around one store; `pause` is what each of their requests waits for. */
function splitters({ concurrency = 10, refuseFrom = Number.POSITIVE_INFINITY, pause = async () => {} } = {}) {
  const memory = new MemoryStore();
  const clock = steppingClock();
  const invoked: DrainRequest[] = [];
  const troubles: string[] = [];
  const store: BurstPorts["store"] = {
    get: (key) => pause().then(() => memory.get(key)),
    put: (key, bytes) => pause().then(() => memory.put(key, bytes)),
    delete: (key) => pause().then(() => void memory.objects.delete(key)),
    list: async function* (prefix) {
      await pause();
      yield* memory.list(prefix);
    },
  };
  const ports: BurstPorts = {
    ...{ cap: { burst: concurrency, mapping: 2 }, store, clock, pause, workerTimeoutMs: 60_000 },
    invokeLater: async (request) => {
      await pause();
      if (invoked.length >= refuseFrom) throw new Error("refused");
      invoked.push(request);
    },
    onTrouble: (what) => troubles.push(what),
  };
  const claim = (jobId: string): DrainerClaim | undefined => memory.json(claimKey(jobId));
  const hold = (jobId: string, drainers: number, expiresAtMs: number) =>
    writeClaim(memory, { version: 1, ...wants(jobId, drainers), settled: true, expiresAtMs });
  return { ports, clock, invoked, troubles, claim, hold };
}

test("as many drainers are started as are wanted, each in the first generation, under a claim", async () => {
  const { ports, clock, invoked, claim } = splitters();
  expect(await startDrainers(wants("j", 3), ports)).toBe(3);
  expect(invoked).toEqual(
    Array.from({ length: 3 }, () => ({ kind: "drain", version: 1, jobId: "j", generation: 1 })),
  );
  expect(claim("j")).toMatchObject({ drainers: 3, longestMs: 100, settled: true });
  // A minute for the event to be taken and a minute for the worker that takes it.
  expect(claim("j")!.expiresAtMs - clock.epochMs()).toBeGreaterThan(119_000);
});

test("no more than the cap, and no more than the others leave of it", async () => {
  const { ports, clock, claim, hold } = splitters();
  expect(await claimDrainers(wants("a", 1000), ports)).toMatchObject({ granted: 10 });
  await hold("a", 7, clock.epochMs() + 1e6);
  expect(await claimDrainers(wants("b", 1000), ports)).toMatchObject({ granted: 3 });
  expect(await claimDrainers(wants("c", 1000), ports)).toMatchObject({ granted: 0 });
  expect(claim("c")).toBeUndefined();
});

test("a claim that expired counts no more and is removed", async () => {
  const { ports, clock, claim, hold } = splitters();
  await hold("a", 10, clock.epochMs());
  expect(await claimDrainers(wants("b", 10), ports)).toMatchObject({ granted: 10 });
  expect(claim("a")).toBeUndefined();
});

test("a job that is split again while its drainers are at work starts no others", async () => {
  const { ports, invoked } = splitters();
  await startDrainers(wants("j", 4), ports);
  expect(await startDrainers(wants("j", 4), ports)).toBe(0);
  expect(invoked).toHaveLength(4);
});

test("whoever is refused starts no more, says so, and claims no more than were started", async () => {
  const { ports, troubles, claim } = splitters({ concurrency: 500, refuseFrom: 5 });
  expect(await startDrainers(wants("j", 500), ports)).toBe(5);
  expect(troubles).toEqual(["started 5 of 500 workers"]);
  expect(claim("j")).toMatchObject({ drainers: 5 });
});

test("a claim that is about to expire is waited for, once, and the rest is started then", async () => {
  const pauses: number[] = [];
  const { ports, clock, invoked, claim, hold } = splitters();
  await hold("over", 7, clock.epochMs() + 12_000);
  const pause = async (ms: number) => {
    pauses.push(ms);
    await hold("over", 7, 0);
  };
  expect(await startDrainers(wants("j", 8), { ...ports, pause })).toBe(8);
  expect(pauses).toHaveLength(1);
  expect(pauses[0]).toBeGreaterThan(11_000);
  expect(invoked).toHaveLength(8);
  expect(claim("j")).toMatchObject({ drainers: 8 });
});

test("a claim that holds for long is not waited for", async () => {
  const { ports, clock, hold } = splitters();
  await hold("long", 7, clock.epochMs() + 100_000);
  const pause = () => Promise.reject(new Error("waited"));
  expect(await startDrainers(wants("j", 8), { ...ports, pause })).toBe(3);
});

test("a claim that nobody can read is removed and counts nothing", async () => {
  const { ports, claim } = splitters();
  await ports.store.put(claimKey("odd"), Buffer.from('{"version": 2}'));
  expect(await startDrainers(wants("j", 10), ports)).toBe(10);
  expect(claim("odd")).toBeUndefined();
});

test("a store that fails half-way leaves no claim behind that would stand in others' way", async () => {
  const { ports, claim, troubles } = splitters();
  const list = () => {
    throw new Error("no");
  };
  expect(await startDrainers(wants("j", 5), { ...ports, store: { ...ports.store, list } })).toBe(0);
  expect(troubles).toEqual(["no claim could be made to workers"]);
  expect(claim("j")).toBeUndefined();
});

test("a store that fails is trouble and no error", async () => {
  const { ports, troubles } = splitters();
  const store = { ...ports.store, put: () => Promise.reject(new Error("no")) };
  expect(await startDrainers(wants("j", 5), { ...ports, store })).toBe(0);
  expect(troubles).toEqual(["no claim could be made to workers"]);
});

test("splitters that come at once never claim more than the cap together, in any order of their requests", async () => {
  let claimed = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    // Each request ends after a random number of turns: all interleavings come about.
    const pause = async () => {
      for (let turns = Math.floor(random() * 12); turns > 0; turns--) await Promise.resolve();
    };
    const { ports } = splitters({ pause });
    const wanted = Array.from({ length: 3 }, () => 1 + Math.floor(random() * 12));
    const granted = await Promise.all(wanted.map((many, k) => claimDrainers(wants(`job-${k}`, many), ports)));
    const sum = granted.reduce((all, one) => all + one.granted, 0);
    expect(sum, `seed ${seed}: ${JSON.stringify(granted)}`).toBeLessThanOrEqual(10);
    claimed += sum;
  }
  // And they do claim: on average most of it.
  expect(claimed / 200).toBeGreaterThan(5);
});
