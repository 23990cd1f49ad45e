/** A job with a limit pays for aggregators too, however slow they are and however long it waits. */
import { expect, test } from "vitest";
import { seededRandom } from "../../../client/local/seeded-random.ts";
import { pricesOf } from "../../../shared/plan/prices.ts";
import { readLimit, takenParts } from "../../../shared/record/limit.ts";
import { readSummary } from "../../../shared/record/summary.ts";
import { workOffLimited } from "../../helpers/limited-fleet.ts";
import { JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

const DAY_MS = 24 * 3_600_000;

/** Whose aggregator takes `listMs` for each listing, and what all its time would cost (USD). */
async function submitted(maxUsd: number, listMs = 0) {
  const stages = new Stages();
  stages.billing = { architecture: "arm64", memoryMb: 1769, prices: pricesOf("us-east-1") };
  stages.newAggregator(seededRandom(1));
  const { store, clock } = stages;
  const list = store.list.bind(store);
  store.list = (prefix) => {
    clock.advance(listMs);
    return list(prefix);
  };
  await stages.split({ ...JOB_OF_25_CHUNKS, maxUsd });
  const limit = (await readLimit(store, "j"))!;
  let usd = 0;
  const aggregate = async (body: string) => {
    const began = { ms: clock.monotonicMs(), ...store.asked };
    const finished = await stages.aggregate(body);
    const { perPut, perGet, own } = limit.rates;
    usd += own!.perMs * (clock.monotonicMs() - began.ms);
    usd += perPut * (store.asked.put - began.put) + perGet * (store.asked.get - began.get);
    return finished?.summary;
  };
  const work = () => workOffLimited(stages, { seed: 1, environments: 1, next: "any", messageMs: 400 });
  return { stages, store, limit, aggregate, work, usdOfAggregators: () => usd };
}

const coinsOf = async (store: Stages["store"]) => (await takenParts(store, "j", "coin")).size;

test("one that takes seconds for each look ends the job for its budget, before it has cost more than its coins", async () => {
  const { stages, store, limit, aggregate, work, usdOfAggregators } = await submitted(0.0088, 3000);
  await work();
  const workers = await coinsOf(store);
  const reports = stages.results.take();
  for (const body of reports) await aggregate(body);
  const { seats, coins, coinUsd } = limit;
  // It takes what is left: a free seat too, and then goes on for nothing.
  const taken = (await coinsOf(store)) - workers;
  const free = seats.to - 1;
  expect((await takenParts(store, "j", "seat")).size).toBe(seats.to);
  expect(workers + taken).toBe(coins.to);
  const lookUsd = 3 * 3000 * limit.rates.own!.perMs;
  expect(usdOfAggregators()).toBeLessThan(taken * coinUsd + free * limit.seatUsd + lookUsd);
  expect(usdOfAggregators()).toBeGreaterThan(0.5 * taken * coinUsd);

  const before = usdOfAggregators();
  const delays = stages.results.sent.map(({ delaySeconds }) => delaySeconds);
  expect(delays).toContain(70);
  let summary: Awaited<ReturnType<typeof aggregate>>;
  for (const { body } of stages.results.sent.splice(0)) summary = (await aggregate(body)) ?? summary;
  // All that was computed is stored, and the job's last check, which is set aside, finds it.
  expect(summary).toMatchObject({ state: "complete", chunks: { done: 25 } });
  expect(usdOfAggregators() - before).toBeLessThan(limit.reservedUsd);
});

test("once nothing is left reports are kept for what it holds, and then dropped; what they told of is found at the end", async () => {
  const { stages, store, aggregate, work } = await submitted(0.0088, 2000);
  await work();
  const reports = stages.results.take();
  for (const body of reports) await aggregate(body);
  const segments = () => store.puts.filter((key) => key.includes("/reports/")).length;
  const kept = segments();
  expect(kept).toBeGreaterThan(5);
  for (let times = 0; times < 30; times++) for (const body of reports) await aggregate(body);
  const dropped = { puts: store.puts.length, segments: segments() };
  // A coin is worth 25 reports or so.
  expect(dropped.segments - kept).toBeLessThan(60);
  for (const body of reports) await aggregate(body);
  expect(store.puts).toHaveLength(dropped.puts);
  for (const { body } of stages.results.sent.splice(0)) await aggregate(body);
  expect(await readSummary(store, "j")).toMatchObject({ state: "complete", chunks: { done: 25, failed: 0 } });
});

test("a job that is complete is not cancelled by reports that come once more until nothing is left", async () => {
  const { stages, store, aggregate, work, limit } = await submitted(0.0088);
  await work();
  const reports = stages.results.take();
  for (const body of reports) await aggregate(body);
  expect(await readSummary(store, "j")).toMatchObject({ state: "complete" });
  for (let times = 0; times < 20; times++) for (const body of reports) await aggregate(body);
  expect(await coinsOf(store)).toBe(limit.coins.to);
  expect([...store.objects.keys()].filter((key) => key.includes("cancelled"))).toEqual([]);
  expect(await readSummary(store, "j")).toMatchObject({ state: "complete" });
});

test("what ends a round is set aside once: finished again, it is paid for", async () => {
  const { stages, store, aggregate, work, limit } = await submitted(0.5);
  await work();
  const reports = stages.results.take();
  for (const body of reports) await aggregate(body);
  expect(store.puts.filter((key) => key.includes("/spend/end-"))).toEqual(["jobs/j/spend/end-0.json"]);
  const coins = await coinsOf(store);
  const { coinUsd, rates } = limit;
  const times = Math.ceil(coinUsd / rates.own!.perBatch / reports.length);
  for (let n = 0; n < times; n++) for (const body of reports) await aggregate(body);
  expect(await coinsOf(store)).toBeGreaterThan(coins);
});

test("a job that waits pays for its checks: a tight limit ends it after some days, another one waits for its workers", async () => {
  for (const [maxUsd, state] of [
    [0.0046, "cancelled"],
    [0.05, undefined],
  ] as const) {
    const { stages, store, aggregate, limit } = await submitted(maxUsd);
    let passedMs = 0;
    while (passedMs < 13 * DAY_MS && stages.results.sent.length > 0) {
      const [{ body, delaySeconds } = { body: "", delaySeconds: 0 }] = stages.results.sent.splice(0, 1);
      stages.clock.advance(1000 * delaySeconds);
      passedMs += 1000 * delaySeconds;
      await aggregate(body);
    }
    expect((await readSummary(store, "j"))?.state, `${maxUsd} USD`).toBe(state);
    if (state) {
      expect(passedMs).toBeGreaterThan(DAY_MS);
      expect(await readSummary(store, "j")).toMatchObject({ cancelledFor: "budget" });
      expect(await coinsOf(store)).toBe(limit.coins.to);
    } else {
      // By 13 days 1,250 checks have come, most of them too early to look.
      const seats = (await takenParts(store, "j", "seat")).size;
      const paid = (await coinsOf(store)) * limit.coinUsd + seats * limit.seatUsd;
      expect(paid).toBeGreaterThan(0.015);
      expect(paid).toBeLessThan(0.022);
    }
  }
});
