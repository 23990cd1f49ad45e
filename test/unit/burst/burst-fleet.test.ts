import { expect, test } from "vitest";
import { seededRandom } from "../../../client/local/seeded-random.ts";
import { type BurstPorts, burstFleet, claimPlaces } from "../../../shared/burst/burst-fleet.ts";
import { claimEndKey, claimKey, DRAINERS_PREFIX } from "../../../shared/burst/claim-keys.ts";
import type { DrainRequest } from "../../../shared/burst/drain-request.ts";
import { type DrainerClaim, endClaim, writeClaim } from "../../../shared/burst/drainer-claim.ts";
import { MemoryStore, steppingClock } from "../../helpers/memory.ts";

const wants = (jobId: string, workers: number, round = 0) => ({ jobId, round, workers, longestMs: 100 });

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
  let groups = 0;
  const ports: BurstPorts = {
    ...{ cap: { burst: concurrency, mapping: 2 }, store, clock, pause, workerTimeoutMs: 60_000 },
    newGroup: () => `g${++groups}`,
    invokeLater: async (request) => {
      await pause();
      if (invoked.length >= refuseFrom) throw new Error("refused");
      invoked.push(request);
    },
    onTrouble: (what) => troubles.push(what),
  };
  /** The claims of all of a job's groups, by age. */
  const claims = (jobId: string): DrainerClaim[] =>
    [...memory.objects.keys()]
      .filter((key) => key.startsWith(`${DRAINERS_PREFIX}${jobId}/`) && !key.endsWith(".end.json"))
      .map((key) => memory.json(key));
  const hold = (jobId: string, drainers: number, expiresAtMs: number, round = 0) =>
    writeClaim(memory, {
      ...{ version: 1, jobId, group: "held", round, drainers, longestMs: 100, settled: true, expiresAtMs },
    });
  return { ports, memory, clock, invoked, troubles, claims, hold };
}

/** Waits a random number of turns: before each request, so that all interleavings come about. */
const someTurns = (random: () => number) => async () => {
  for (let turns = Math.floor(random() * 12); turns > 0; turns--) await Promise.resolve();
};

test("as many drainers are started as are wanted, under a claim that the first of them keeps", async () => {
  const { ports, clock, invoked, claims } = splitters();
  expect(await burstFleet(ports).start(wants("j", 3))).toBe(3);
  const request = { kind: "drain", version: 1, jobId: "j", group: "g1", generation: 1 };
  expect(invoked).toEqual([true, false, false].map((isKeeper) => ({ ...request, isKeeper })));
  expect(claims("j")).toMatchObject([{ group: "g1", drainers: 3, longestMs: 100, settled: true }]);
  // A minute for the event to be taken and a minute for the worker that takes it.
  expect(claims("j")[0]!.expiresAtMs - clock.epochMs()).toBeGreaterThan(119_000);
});

test("no more than the cap, and no more than the others leave of it", async () => {
  const { ports, clock, claims, hold } = splitters();
  await hold("a", 7, clock.epochMs() + 1e6);
  expect(await claimPlaces(wants("b", 1000), ports)).toMatchObject({ claim: { drainers: 3 } });
  expect(await claimPlaces(wants("c", 1000), ports)).toMatchObject({ claim: { drainers: 0 } });
  expect(claims("c")).toEqual([]);
});

test("a claim that expired counts no more and is removed", async () => {
  const { ports, clock, claims, hold } = splitters();
  await hold("a", 10, clock.epochMs());
  expect(await claimPlaces(wants("b", 10), ports)).toMatchObject({ claim: { drainers: 10 } });
  expect(claims("a")).toEqual([]);
});

test("a claim that its drainers ended counts no more, nor does its end", async () => {
  const { ports, memory, clock, claims, hold } = splitters();
  await hold("a", 10, clock.epochMs() + 1e6);
  await endClaim(memory, claims("a")[0]!, clock.epochMs());
  expect(await burstFleet(ports).start(wants("b", 10))).toBe(10);
  expect([...memory.objects.keys()]).toEqual([claimKey({ jobId: "b", group: "g1" })]);
});

test("a claim that was extended meanwhile is not ended by what was said of it before", async () => {
  const { ports, memory, clock, claims, hold } = splitters();
  await hold("a", 10, clock.epochMs() + 1e6);
  const before = claims("a")[0]!;
  await hold("a", 10, clock.epochMs() + 2e6);
  await endClaim(memory, before, clock.epochMs());
  expect(await burstFleet(ports).start(wants("b", 10))).toBe(0);
  expect(memory.objects.has(claimEndKey(before))).toBe(true);
});

test("a job that is split again while its drainers are at work starts no others", async () => {
  const { ports, invoked } = splitters();
  await burstFleet(ports).start(wants("j", 4));
  expect(await burstFleet(ports).start(wants("j", 4))).toBe(0);
  expect(invoked).toHaveLength(4);
});

test("a job that is resumed while the claim of its last round holds takes what that leaves, and leaves it alone", async () => {
  const { ports, clock, claims, hold } = splitters();
  await hold("j", 7, clock.epochMs() + 1e6);
  expect(await burstFleet(ports).start(wants("j", 10, 1))).toBe(3);
  expect(claims("j").map(({ round, drainers }) => [round, drainers])).toEqual([
    [0, 7],
    [1, 3],
  ]);
});

test("a job that is resumed when the claim of its last round is about to end waits for it", async () => {
  const { ports, clock, hold } = splitters();
  await hold("j", 10, clock.epochMs() + 20_000);
  const pause = async (ms: number) => clock.advance(ms);
  expect(await burstFleet({ ...ports, pause }).start(wants("j", 10, 1))).toBe(10);
});

test("where the keeper is refused no other is started, and the claim is gone: a group has its keeper or nothing", async () => {
  const { ports, invoked, troubles, claims } = splitters({ concurrency: 500 });
  const invokeLater: BurstPorts["invokeLater"] = async (request) => {
    if (request.isKeeper) throw new Error("refused");
    invoked.push(request);
  };
  expect(await burstFleet({ ...ports, invokeLater }).start(wants("j", 40))).toBe(0);
  expect(invoked).toEqual([]);
  expect(troubles).toEqual(["started 0 of 40 workers"]);
  expect(claims("j")).toEqual([]);
});

test("whoever is refused starts no more, says so, and claims no more than were started", async () => {
  const { ports, troubles, claims } = splitters({ concurrency: 500, refuseFrom: 5 });
  expect(await burstFleet(ports).start(wants("j", 500))).toBe(5);
  expect(troubles).toEqual(["started 5 of 500 workers"]);
  expect(claims("j")).toMatchObject([{ drainers: 5 }]);
});

test("a claim that is about to end is waited for, once, and the rest is started then as a group of its own", async () => {
  const pauses: number[] = [];
  const { ports, clock, invoked, claims, hold } = splitters();
  await hold("over", 7, clock.epochMs() + 12_000);
  const pause = async (ms: number) => {
    pauses.push(ms);
    clock.advance(ms);
  };
  expect(await burstFleet({ ...ports, pause }).start(wants("j", 8))).toBe(8);
  expect(pauses).toHaveLength(1);
  expect(pauses[0]).toBeGreaterThan(11_000);
  expect(invoked.map(({ group }) => group)).toEqual(["g1", "g1", "g1", "g2", "g2", "g2", "g2", "g2"]);
  expect(claims("j").map(({ drainers }) => drainers)).toEqual([3, 5]);
});

test("a splitter waits no longer than its own time allows", async () => {
  const { ports, clock, hold, troubles } = splitters();
  await hold("over", 7, clock.epochMs() + 12_000);
  const pause = () => Promise.reject(new Error("waited"));
  const remainingMs = () => 40_000;
  expect(await burstFleet({ ...ports, pause, remainingMs }).start(wants("j", 8))).toBe(3);
  expect(troubles).toEqual([]);
});

test("a second bid that fails leaves the first one's drainers their claim, and nothing of its own", async () => {
  const { ports, memory, clock, claims, troubles, hold } = splitters();
  await hold("over", 7, clock.epochMs() + 12_000);
  const store = { ...ports.store };
  const pause = async (ms: number) => {
    clock.advance(ms);
    store.list = () => {
      throw new Error("no");
    };
  };
  expect(await burstFleet({ ...ports, store, pause }).start(wants("j", 8))).toBe(3);
  expect(troubles).toEqual(["no claim could be made to workers"]);
  expect(claims("j")).toMatchObject([{ drainers: 3, settled: true }]);
  expect(memory.puts.at(-1)).toBe(claimKey({ jobId: "j", group: "g2" }));
});

test("a claim that holds for long is not waited for", async () => {
  const { ports, clock, troubles, hold } = splitters();
  await hold("long", 7, clock.epochMs() + 100_000);
  const pause = () => Promise.reject(new Error("waited"));
  expect(await burstFleet({ ...ports, pause }).start(wants("j", 8))).toBe(3);
  expect(troubles).toEqual([]);
});

test("a claim that nobody can read is removed and counts nothing", async () => {
  const { ports, memory } = splitters();
  const odd = [claimKey({ jobId: "odd", group: "g" }), `${DRAINERS_PREFIX}odd.json`, `${DRAINERS_PREFIX}odd`];
  for (const key of odd) await ports.store.put(key, Buffer.from('{"version": 1}'));
  expect(await burstFleet(ports).start(wants("j", 10))).toBe(10);
  for (const key of odd) expect(memory.objects.has(key)).toBe(false);
});

test("beside a claim of a newer version, whose number nobody can read here, none is started and the claim stays", async () => {
  const { ports, memory, claims, troubles } = splitters();
  const newer = claimKey({ jobId: "newer", group: "g" });
  await ports.store.put(newer, Buffer.from('{"version": 2}'));
  expect(await burstFleet(ports).start(wants("j", 10))).toBe(0);
  expect(troubles).toEqual(["no claim could be made to workers"]);
  expect(memory.objects.has(newer)).toBe(true);
  expect(claims("j")).toEqual([]);
});

test("a store that fails half-way leaves no claim behind that would stand in others' way", async () => {
  const { ports, claims, troubles } = splitters();
  let lists = 0;
  const list = (prefix: string) => {
    if (++lists > 1) throw new Error("no");
    return ports.store.list(prefix);
  };
  expect(await burstFleet({ ...ports, store: { ...ports.store, list } }).start(wants("j", 5))).toBe(0);
  expect(troubles).toEqual(["no claim could be made to workers"]);
  expect(claims("j")).toEqual([]);
});

test("a store that fails is trouble and no error", async () => {
  const { ports, troubles } = splitters();
  const store = { ...ports.store, put: () => Promise.reject(new Error("no")) };
  expect(await burstFleet({ ...ports, store }).start(wants("j", 5))).toBe(0);
  expect(troubles).toEqual(["no claim could be made to workers"]);
});

test("splitters that come at once never claim more than the cap together, in any order of their requests", async () => {
  let claimed = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    const { ports } = splitters({ pause: someTurns(random) });
    const wanted = Array.from({ length: 3 }, () => 1 + Math.floor(random() * 12));
    const granted = await Promise.all(wanted.map((many, k) => claimPlaces(wants(`job-${k}`, many), ports)));
    const sum = granted.reduce((all, one) => all + one.claim.drainers, 0);
    expect(sum, `seed ${seed}: ${JSON.stringify(granted)}`).toBeLessThanOrEqual(10);
    claimed += sum;
  }
  // And they do claim: on average most of it.
  expect(claimed / 200).toBeGreaterThan(5);
});

test("splitters that wait for places and such as come meanwhile keep to the cap, in any order of their requests", async () => {
  let started = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed);
    const turns = someTurns(random);
    const { ports, clock, invoked, claims, hold } = splitters({ pause: turns });
    const pause = async (ms: number) => {
      for (const untilMs = clock.epochMs() + ms; clock.epochMs() < untilMs; ) await turns();
    };
    // Six are at work until then; one splitter waits for that, two come about when it happens.
    const endsAtMs = clock.epochMs() + 60;
    await hold("over", 6, endsAtMs);
    let mostAtWork = 0;
    const invokeLater = async (request: DrainRequest) => {
      await ports.invokeLater(request);
      mostAtWork = Math.max(mostAtWork, invoked.length + (clock.epochMs() < endsAtMs ? 6 : 0));
    };
    const start = async (jobId: string, afterMs: number) => {
      await pause(afterMs);
      return burstFleet({ ...ports, pause, invokeLater }).start(wants(jobId, 1 + Math.floor(random() * 12)));
    };
    const counts = await Promise.all([start("a", 0), start("b", 80 * random()), start("c", 80 * random())]);
    expect(mostAtWork, `seed ${seed}`).toBeLessThanOrEqual(10);
    for (const [k, jobId] of ["a", "b", "c"].entries()) {
      const claimed = claims(jobId).reduce((sum, { drainers }) => sum + drainers, 0);
      expect(claimed, `seed ${seed}, ${jobId}`).toBe(counts[k]);
      started += counts[k]!;
    }
  }
  expect(started / 300).toBeGreaterThan(5);
});
