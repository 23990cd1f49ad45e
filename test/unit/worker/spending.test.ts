/** The gate against an adversary that delivers, kills and sends again as it likes. */
import { expect, test } from "vitest";
import { seededRandom } from "../../../client/local/seeded-random.ts";
import { Spending } from "../../../functions/worker/spending.ts";
import type { ChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { isCancelled } from "../../../shared/record/control.ts";
import type { StoredJob } from "../../../shared/record/job.ts";
import { type Limit, takenSlots, takeSlot, writeLimit } from "../../../shared/record/limit.ts";
import { MemoryStore, steppingClock } from "../../helpers/memory.ts";
import { MemoryQueue } from "../../helpers/memory-queue.ts";

const LIMIT: Omit<Limit, "version"> = {
  ...{ round: 0, maxUsd: 100, reservedUsd: 0, slotUsd: 10, slots: 10, longestMs: 900 },
  rates: { perSlot: 0.1, perInvocation: 0.1, perMs: 0.01, perMessage: 0.2, perChunk: 0.05 },
};
const JOB = { jobId: "j", submittedAtMs: 1, maxUsd: 100 } as StoredJob;
const message = (round = 0, chunks = [0]) => ({ jobId: "j", round, chunks }) as ChunkMessage;

class World {
  readonly store = new MemoryStore();
  readonly results = new MemoryQueue();
  readonly random: () => number;
  /** What all invocations cost, by the adversary's own sum. */
  usd = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  spending() {
    return new Spending({
      store: this.store,
      results: this.results,
      clock: steppingClock(),
      random: this.random,
    });
  }
}

/** An environment is invoked with one to three messages of up to five chunks each, takes any time, and dies now and then. */
async function run(world: World, { hasGate = true } = {}) {
  const { random } = world;
  const environments: Spending[] = [];
  const { perInvocation, perMs, perMessage, perChunk } = LIMIT.rates;
  for (let n = 0; n < 400; n++) {
    const at = Math.floor(random() * 6);
    environments[at] ??= world.spending();
    let worked = 0;
    for (let k = 0; k <= Math.floor(random() * 3); k++) {
      const chunks = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, chunk) => chunk);
      const mayBegin = await environments[at].allows(message(0, chunks), JOB);
      if (hasGate && !mayBegin) continue;
      worked++;
      world.usd += perMessage + chunks.length * perChunk;
    }
    if (worked === 0) continue;
    const dies = random() < 0.1;
    const ms = dies ? LIMIT.longestMs : random() * LIMIT.longestMs;
    world.usd += perInvocation + perMs * Math.ceil(ms);
    if (dies) delete environments[at];
    else environments[at].ended(ms);
  }
}

test("whatever is delivered, sent again or killed, all invocations together cost no more than the slots", async () => {
  let most = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const world = new World(seed);
    await writeLimit(world.store, "j", LIMIT);
    await run(world);
    // What it costs to take them is part of the slots.
    const taking = LIMIT.rates.perSlot * (await takenSlots(world.store, "j")).size;
    expect(world.usd + taking, `seed ${seed}`).toBeLessThanOrEqual(LIMIT.slots * LIMIT.slotUsd);
    most = Math.max(most, world.usd);
    expect(await isCancelled(world.store, { jobId: "j", round: 0 })).toBe(true);
    expect(world.results.sent).toHaveLength(1);
  }
  expect(most).toBeGreaterThan(0.3 * LIMIT.maxUsd);
});

test("without the gate the same adversary spends more: the test above can fail", async () => {
  const world = new World(1);
  await writeLimit(world.store, "j", LIMIT);
  await run(world, { hasGate: false });
  expect(world.usd).toBeGreaterThan(2 * LIMIT.maxUsd);
});

test("a job without a limit is not asked for: not one request", async () => {
  const asked: PropertyKey[] = [];
  const store = new Proxy(new MemoryStore(), { get: (_, name) => asked.push(name) });
  const ports = { store, results: new MemoryQueue(), clock: steppingClock(), random: Math.random };
  expect(await new Spending(ports).allows(message(), { ...JOB, maxUsd: undefined })).toBe(true);
  expect(asked).toEqual([]);
});

test("a taker knows its own slot again whose answer was lost; no other has it", async () => {
  const { store } = new World(1);
  expect(await takeSlot(store, "j", 3, "a")).toBe(true);
  expect(await takeSlot(store, "j", 3, "a")).toBe(true);
  expect(await takeSlot(store, "j", 3, "b")).toBe(false);
  expect([...(await takenSlots(store, "j"))]).toEqual([3]);
});

test("an environment takes two slots for its first two messages, and none for the next ones that fit", async () => {
  const world = new World(7);
  await writeLimit(world.store, "j", LIMIT);
  const spending = world.spending();
  const counts: number[] = [];
  for (let n = 0; n < 4; n++) {
    expect(await spending.allows(message(), JOB)).toBe(true);
    spending.ended(100);
    counts.push((await takenSlots(world.store, "j")).size);
  }
  expect(counts).toEqual([1, 2, 2, 2]);
});

test("a later round has its new limit, and the slots that were taken stay so", async () => {
  const world = new World(3);
  await writeLimit(world.store, "j", { ...LIMIT, slots: 1 });
  const spending = world.spending();
  expect(await spending.allows(message(), JOB)).toBe(true);
  spending.ended(800);
  expect(await spending.allows(message(), JOB)).toBe(false);
  await writeLimit(world.store, "j", { ...LIMIT, round: 1, slots: 2 });
  expect(await spending.allows(message(0), JOB)).toBe(false);
  expect(await spending.allows(message(1), JOB)).toBe(true);
  expect((await takenSlots(world.store, "j")).size).toBe(2);
  spending.ended(800);
  expect(await spending.allows(message(1), JOB)).toBe(false);
});
