/** A job with a limit: how often its messages come and however it is split and resumed, no more than it may cost is computed. */
import { expect, test } from "vitest";
import { seededRandom } from "../../../client/local/seeded-random.ts";
import { resumption } from "../../../shared/messages/resumption.ts";
import { pricesOf } from "../../../shared/plan/prices.ts";
import { readLimit, takenParts } from "../../../shared/record/limit.ts";
import { readSummary } from "../../../shared/record/summary.ts";
import { sameBytes, storedArray, wholeArray } from "../../helpers/arrays.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { workOffLimited } from "../../helpers/limited-fleet.ts";
import { JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

const LIMITED = { ...JOB_OF_25_CHUNKS, maxUsd: 0.00892 };

function billed(): Stages {
  const stages = new Stages();
  stages.billing = { architecture: "arm64", memoryMb: 1769, prices: pricesOf("us-east-1") };
  stages.newAggregator(seededRandom(1));
  return stages;
}

/** Sees to the checks, which wait in the queue. */
async function settle(stages: Stages): Promise<void> {
  for (const body of stages.results.take()) await stages.aggregate(body);
  for (const { body, delaySeconds } of stages.results.sent.splice(0)) {
    stages.clock.advance(1000 * delaySeconds);
    await stages.aggregate(body);
  }
}

/** What workers took of the limit (USD). Seats of a round whose workers cost less were cut for `formerUsd`. */
async function takenUsd(stages: Stages, formerUsd = 0): Promise<number> {
  const { seats, seatUsd, coinUsd } = (await readLimit(stages.store, "j"))!;
  const taken = [...(await takenParts(stages.store, "j", "seat"))];
  const coins = await takenParts(stages.store, "j", "coin");
  const worth = taken.map((number) => (number < seats.from ? formerUsd : seatUsd));
  return worth.reduce((sum, usd) => sum + usd, coins.size * coinUsd);
}

test("it ends cancelled for its budget with what was computed, and is complete once it may cost more", async () => {
  const stages = billed();
  await stages.split(LIMITED);
  // Each message takes its whole timeout, nearly.
  await workOffLimited(stages, { seed: 1, environments: 3, next: "any", messageMs: 55_000 });
  // The splitter's check, one at once, and one when all that were at work have ended.
  const checks = stages.results.sent.filter(({ body }) => body.includes('"check"'));
  expect(checks.map(({ delaySeconds }) => delaySeconds)).toEqual([15, 0, 70]);
  await settle(stages);
  const summary = (await readSummary(stages.store, "j"))!;
  expect(summary).toMatchObject({
    state: "cancelled",
    cancelledFor: "budget",
    chunks: { total: 25, failed: 0 },
  });
  expect(summary.chunks.done).toBeGreaterThan(1);
  expect(summary.chunks.done).toBeLessThan(6);
  await expect(stages.split(resumption("j"))).rejects.toThrow(
    /^Expected maxUsd to be at least .* got 0\.00892\. Its earlier rounds are in it\.$/,
  );
  await expect(stages.split(resumption("j", { maxUsd: 0.005 }))).rejects.toThrow(
    "Expected maxUsd to be at least 0.00892, as before, got 0.005.",
  );
  await stages.split(resumption("j", { maxUsd: 0.2 }));
  await workOffLimited(stages, { seed: 2, environments: 3, next: "any", messageMs: 55_000 });
  await settle(stages);
  const whole = (await readSummary(stages.store, "j"))!;
  expect(whole).toMatchObject({ state: "complete", round: 1 });
  expect(whole.cancelledFor).toBeUndefined();
  const { maxUsd, reservedUsd } = (await readLimit(stages.store, "j"))!;
  expect(reservedUsd + (await takenUsd(stages))).toBeLessThanOrEqual(maxUsd);
  expect(sameBytes(await storedArray(stages.store, "j"), wholeArray(resolvedJob(JOB_OF_25_CHUNKS)))).toBe(
    true,
  );
});

test.for([
  { environments: 1, next: "any" },
  { environments: 2, next: "any" },
  { environments: 5, next: "any" },
  { environments: 12, next: "latest" },
  { environments: 60, next: "latest" },
] as const)("two seats are enough for brief messages on a mapping: %o", async ({ environments, next }) => {
  for (let seed = 1; seed <= 4; seed++) {
    const stages = billed();
    await stages.split(LIMITED);
    expect(await readLimit(stages.store, "j")).toMatchObject({ atOnce: 2 });
    const { waits, seconds } = await workOffLimited(stages, { seed, environments, next, messageMs: 400 });
    await settle(stages);
    expect(await readSummary(stages.store, "j"), `seed ${seed}`).toMatchObject({ state: "complete" });
    expect(waits > 0).toBe(environments > 2);
    expect(seconds).toBeLessThan(600);
  }
});

test("duplicates, redrives and resent splits are executions like any other: all together take no more than there is", async () => {
  let most = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const random = seededRandom(seed);
    const stages = billed();
    await stages.split(LIMITED);
    const bodies = stages.chunks.take();
    for (let n = 0; n < 60; n++) {
      // A splitter that is invoked again before submitted.json was written sends everything once more.
      if (random() < 0.05) {
        stages.store.objects.delete("jobs/j/submitted.json");
        await stages.split(LIMITED);
        bodies.push(...stages.chunks.take());
      }
      // Each in an environment that is killed afterwards.
      const body = bodies[Math.floor(random() * bodies.length)]!;
      await stages.work(body, 1 + Math.floor(random() * 5));
      bodies.push(...stages.chunks.take());
    }
    const { maxUsd, reservedUsd } = (await readLimit(stages.store, "j"))!;
    const usd = reservedUsd + (await takenUsd(stages));
    expect(usd, `seed ${seed}`).toBeLessThanOrEqual(maxUsd);
    most = Math.max(most, usd);
  }
  expect(most).toBeGreaterThan(0.8 * LIMITED.maxUsd);
});

test("a limit that is raised a thousandfold has no more coins than a worker can look through", async () => {
  const stages = billed();
  await stages.split(LIMITED);
  await workOffLimited(stages, { seed: 1, environments: 3, next: "any", messageMs: 55_000 });
  await settle(stages);
  await stages.split(resumption("j", { maxUsd: 50 }));
  const { coins, coinUsd, maxUsd } = (await readLimit(stages.store, "j"))!;
  expect(coins.from).toBeGreaterThan(0);
  expect(coins.to - coins.from).toBeLessThanOrEqual(4000);
  expect((coins.to - coins.from) * coinUsd).toBeLessThanOrEqual(maxUsd - LIMITED.maxUsd);
  await workOffLimited(stages, { seed: 2, environments: 3, next: "any", messageMs: 55_000 });
  await settle(stages);
  expect(await readSummary(stages.store, "j")).toMatchObject({ state: "complete", round: 1 });
});

test("resumed again and again, also at another price, it never takes more than its limit", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const random = seededRandom(seed);
    const stages = billed();
    await stages.split(LIMITED);
    let { maxUsd } = LIMITED;
    const { seatUsd } = (await readLimit(stages.store, "j"))!;
    for (let round = 0; round < 6; round++) {
      await workOffLimited(stages, { seed, environments: 3, next: "any", messageMs: 58_000 * random() });
      await settle(stages);
      const { reservedUsd, ...limit } = (await readLimit(stages.store, "j"))!;
      expect(limit.maxUsd).toBe(maxUsd);
      expect(
        reservedUsd + (await takenUsd(stages, seatUsd)),
        `seed ${seed}, round ${round}`,
      ).toBeLessThanOrEqual(maxUsd);
      // Twice as much memory makes seats dearer: those that were cut for less are none any more.
      stages.workers = { ...stages.workers, memoryMb: random() < 0.3 ? 3538 : 1769 };
      const next = maxUsd + 0.012 * random();
      const isResumed = await stages.split(resumption("j", { maxUsd: next })).then(
        () => true,
        (error: unknown) => {
          expect(String(error)).toMatch(/Expected maxUsd to be at least/);
          return false;
        },
      );
      if (isResumed) maxUsd = Math.max(maxUsd, (await readLimit(stages.store, "j"))!.maxUsd);
    }
  }
});

test("without a limit the same schedule has no such end, and nothing is noted", async () => {
  const stages = billed();
  await stages.split(JOB_OF_25_CHUNKS);
  await stages.workOff();
  expect((await readSummary(stages.store, "j"))?.state).toBe("complete");
  expect([...stages.store.objects.keys()].filter((key) => key.includes("/spend/"))).toEqual([]);
});

test("a limit is refused where nothing is billed, below what is set aside, and where the job began without one", async () => {
  const free = new Stages();
  await expect(free.split(LIMITED)).rejects.toThrow(
    /^Expected maxUsd to be left out where nothing is billed/,
  );
  const stages = billed();
  await expect(stages.split({ ...LIMITED, maxUsd: 0.001 })).rejects.toThrow(
    /^Expected maxUsd to be at least/,
  );
  for (const maxUsd of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "1 EUR"])
    await expect(stages.split({ ...LIMITED, maxUsd }), String(maxUsd)).rejects.toThrow(/maxUsd to be/);
  expect([...stages.store.objects.keys(), ...free.store.objects.keys()]).toEqual([]);
  await stages.split(JOB_OF_25_CHUNKS);
  await expect(stages.split(resumption("j", { maxUsd: 1 }))).rejects.toThrow(
    "Expected maxUsd to be left out for a job that began without a limit, got 1.",
  );
});
