/** The gate against an adversary that delivers, kills and sends again as it likes. */
import { expect, test } from "vitest";
import { seededRandom } from "../../../client/local/seeded-random.ts";
import { type Allowance, Spending } from "../../../functions/worker/spending.ts";
import type { ChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { isCancelled } from "../../../shared/record/control.ts";
import type { StoredJob } from "../../../shared/record/job.ts";
import { type Limit, takenParts, takePart, writeLimit } from "../../../shared/record/limit.ts";
import { MemoryStore, steppingClock } from "../../helpers/memory.ts";
import { MemoryQueue } from "../../helpers/memory-queue.ts";
import { OwnAsked } from "../../helpers/own-asked.ts";

/** What is set aside for each environment. */
const CREDIT_USD = 0.06;
const LIMIT: Omit<Limit, "version"> = {
  ...{
    round: 0,
    maxUsd: 100,
    reservedUsd: 0,
    seatUsd: 9.16,
    creditUsd: CREDIT_USD,
    coinUsd: 1,
    longestMs: 900,
    atOnce: 5,
  },
  ...{ seats: { from: 0, to: 5 }, coins: { from: 0, to: 54 } },
  rates: {
    ...{ perInvocation: 0.1, perMs: 0.01, perMessage: 0.2, perChunk: 0.05, perReport: 0.1 },
    ...{ perWait: 0.02, perPut: 0.01, perGet: 0.001, perSqs: 0.002 },
  },
};
const WHOLE_USD = 5 * 9.16 + 54;
const JOB = { jobId: "j", submittedAtMs: 1, maxUsd: 100 } as StoredJob;
const message = (round = 0, chunks = [0], waited = 0) =>
  ({ jobId: "j", round, chunks, waited }) as ChunkMessage;

class World {
  readonly store = new MemoryStore();
  readonly results = new MemoryQueue();
  readonly random: () => number;
  /** What all invocations cost beside what they asked of the store, by the adversary's own sum. */
  invokedUsd = 0;
  environments = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  get usd() {
    const { put, get } = this.store.asked;
    return this.invokedUsd + put * LIMIT.rates.perPut + get * LIMIT.rates.perGet;
  }

  spending() {
    const { store, results, random } = this;
    const asked = new OwnAsked(store.asked);
    this.environments++;
    const spending = new Spending({ store, results, clock: steppingClock(), random, asked });
    return Object.assign(spending, { during: asked.during.bind(asked) as OwnAsked["during"] });
  }
}

interface Adversary {
  readonly hasGate?: boolean;
  /** How likely an environment dies in an invocation. */
  readonly deaths?: number;
}

/** An environment is invoked with one to three messages of up to five chunks each, takes any time, and dies now and then. */
async function run(world: World, { hasGate = true, deaths = 0.1 }: Adversary = {}) {
  const { random } = world;
  const environments: ReturnType<World["spending"]>[] = [];
  const { perInvocation, perMs, perReport, perSqs } = LIMIT.rates;
  const seen = new Set<Allowance>();
  for (let n = 0; n < 400; n++) {
    const at = Math.floor(random() * 9);
    environments[at] ??= world.spending();
    const allowed = new Set<Allowance>();
    for (let k = 0; k <= Math.floor(random() * 3); k++) {
      const chunks = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, chunk) => chunk);
      const asked = message(0, chunks, Math.floor(random() * 15));
      const spending = environments[at];
      await spending.during(async () => {
        spending.begins();
        const allowance = await spending.allows(asked, JOB, 1 + Math.floor(random() * 2));
        allowed.add(allowance);
        if (allowance === "later") world.invokedUsd += 2 * perSqs;
        if (allowance !== "now" && hasGate) return;
        world.invokedUsd += perReport;
        // Up to as much as was held for it.
        world.store.asked.put += Math.floor(random() * 5 * chunks.length);
      });
    }
    for (const allowance of allowed) seen.add(allowance);
    const isBegun = allowed.has("now") || !hasGate;
    if (!isBegun && !allowed.has("later")) continue;
    const dies = random() < deaths;
    // One that is turned away takes no time to speak of; its last one is set aside.
    const ms = !isBegun ? 1 : dies ? LIMIT.longestMs : random() * LIMIT.longestMs;
    world.invokedUsd += isBegun || n < 390 ? perInvocation + perMs * Math.ceil(ms) : 0;
    if (dies) delete environments[at];
    else environments[at].ended(ms);
  }
  return seen;
}

test("whatever is delivered, sent again or killed, all invocations together cost no more than seats and coins", async () => {
  let most = 0;
  let waits = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const world = new World(seed);
    await writeLimit(world.store, "j", LIMIT);
    const seen = await run(world, { deaths: seed % 2 === 0 ? 0.1 : 0 });
    if (seen.has("later")) waits++;
    expect(world.usd, `seed ${seed}`).toBeLessThanOrEqual(WHOLE_USD + world.environments * CREDIT_USD);
    most = Math.max(most, world.usd);
    expect(seen.has("never")).toBe(true);
    expect(await isCancelled(world.store, { jobId: "j", round: 0 })).toBe(true);
    expect(world.results.sent.map(({ delaySeconds }) => delaySeconds)).toEqual([0, 1]);
  }
  expect(most).toBeGreaterThan(0.6 * WHOLE_USD);
  expect(waits).toBeGreaterThan(20);
});

test("without the gate the same adversary spends more: the test above can fail", async () => {
  const world = new World(1);
  await writeLimit(world.store, "j", LIMIT);
  await run(world, { hasGate: false });
  expect(world.usd).toBeGreaterThan(2 * WHOLE_USD);
});

test("a job without a limit is not asked for: not one request", async () => {
  const called: PropertyKey[] = [];
  const store = new Proxy(new MemoryStore(), { get: (_, name) => called.push(name) });
  const asked = { put: 0, get: 0, sqs: 0 };
  const ports = { store, results: new MemoryQueue(), clock: steppingClock(), random: Math.random, asked };
  expect(await new Spending(ports).allows(message(), { ...JOB, maxUsd: undefined })).toBe("now");
  expect(called).toEqual([]);
});

test("a taker knows its own again whose answer was lost; no other has it", async () => {
  const { store } = new World(1);
  const third = (taker: string) => takePart(store, "j", { part: "coin", number: 3, taker });
  expect(await third("a")).toBe(true);
  expect(await third("a")).toBe(true);
  expect(await third("b")).toBe(false);
  expect([...(await takenParts(store, "j", "coin"))]).toEqual([3]);
  expect((await takenParts(store, "j", "seat")).size).toBe(0);
});

test("an environment takes one seat ever, and coins as it spends them", async () => {
  const world = new World(7);
  await writeLimit(world.store, "j", LIMIT);
  const spending = world.spending();
  const counts: (readonly [number, number])[] = [];
  for (let n = 0; n < 4; n++) {
    expect(await spending.allows(message(), JOB)).toBe("now");
    spending.ended(100);
    const [seats, coins] = [
      await takenParts(world.store, "j", "seat"),
      await takenParts(world.store, "j", "coin"),
    ];
    counts.push([seats.size, coins.size]);
  }
  // 0.1 for a delivery, 1.1 for 100 ms, and a hundredth for each PUT; 0.25 must be left for what a message can ask for.
  expect(counts).toEqual([
    [1, 1],
    [1, 2],
    [1, 3],
    [1, 4],
  ]);
});

test("where all seats are taken a message waits; after many waits, or a delivery that failed, one is bought", async () => {
  const world = new World(5);
  await writeLimit(world.store, "j", { ...LIMIT, seats: { from: 0, to: 1 } });
  expect(await world.spending().allows(message(), JOB)).toBe("now");
  const other = world.spending();
  expect(await other.allows(message(), JOB)).toBe("later");
  const before = (await takenParts(world.store, "j", "coin")).size;
  expect(await other.allows(message(0, [0], 11), JOB)).toBe("later");
  expect(await other.allows(message(0, [0], 12), JOB)).toBe("now");
  expect((await takenParts(world.store, "j", "coin")).size).toBeGreaterThanOrEqual(before + 9);
  expect(await world.spending().allows(message(), JOB, 2)).toBe("now");
  expect(await isCancelled(world.store, { jobId: "j", round: 0 })).toBe(false);
});

test.each([
  [0, "without a coin left it waits no longer than until one could be bought", 12],
  [1, "with one, which others may need, it waits for them as often again", 24],
] as const)("where the only seat went with its worker, and %i coins are left: %s", async (coins, _, most) => {
  const world = new World(6);
  await writeLimit(world.store, "j", {
    ...{ ...LIMIT, seats: { from: 0, to: 1 }, coins: { from: 0, to: coins } },
  });
  await takePart(world.store, "j", { part: "seat", number: 0, taker: "gone" });
  const allowed = (waited: number) => world.spending().allows(message(0, [0], waited), JOB, 2);
  expect(await allowed(most - 1)).toBe("later");
  expect(await isCancelled(world.store, { jobId: "j", round: 0 })).toBe(false);
  expect(await allowed(most)).toBe("never");
  expect(await isCancelled(world.store, { jobId: "j", round: 0 })).toBe(true);
});

test("a later round has its new limit, and what was taken stays so", async () => {
  const world = new World(3);
  await writeLimit(world.store, "j", { ...LIMIT, seats: { from: 0, to: 1 }, coins: { from: 0, to: 2 } });
  const spending = world.spending();
  expect(await spending.allows(message(), JOB)).toBe("now");
  spending.ended(800);
  expect(await spending.allows(message(), JOB)).toBe("never");
  await writeLimit(world.store, "j", {
    ...{ ...LIMIT, round: 1 },
    ...{ seats: { from: 0, to: 2 }, coins: { from: 0, to: 10 } },
  });
  expect(await spending.allows(message(0), JOB)).toBe("never");
  expect(await spending.allows(message(1), JOB)).toBe("now");
  spending.ended(800);
  expect((await takenParts(world.store, "j", "seat")).size).toBeLessThanOrEqual(2);
});

test("a seat that was cut for less is none in a round whose workers can cost more", async () => {
  const world = new World(4);
  await writeLimit(world.store, "j", LIMIT);
  const spending = world.spending();
  expect(await spending.allows(message(), JOB)).toBe("now");
  spending.ended(1);
  await writeLimit(world.store, "j", { ...LIMIT, round: 1, seatUsd: 20, seats: { from: 5, to: 5 } });
  expect(await spending.allows(message(1), JOB)).toBe("later");
});
