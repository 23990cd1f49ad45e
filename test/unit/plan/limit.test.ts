import { expect, test } from "vitest";
import {
  chargedUsd,
  IN_ONE_BATCH,
  type LimitPorts,
  leastCoinsUsd,
  longestMsOf,
  partsOf,
  ratesOf,
  refusedLimit,
  reserveOf,
  seatUsdOf,
} from "../../../shared/plan/limit.ts";
import { enoughLaterUsd, enoughUsd, pricesOfRound } from "../../../shared/plan/limit-of-round.ts";
import { planRound } from "../../../shared/plan/plan.ts";
import { pricesOf } from "../../../shared/plan/prices.ts";
import { LONGEST_WAIT_MS, waitSeconds, waitsFor } from "../../../shared/plan/waits.ts";
import type { Limit } from "../../../shared/record/limit.ts";
import { withMore } from "../../../shared/record/with-more.ts";
import { builtIn, resolvedJob } from "../../helpers/kernels.ts";

const OF: LimitPorts = {
  ...{ architecture: "arm64", prices: pricesOf("us-east-1") },
  ...{ memoryMb: 1769, ownMemoryMb: 1769, timeoutSeconds: 60 },
};
const job = resolvedJob({ kernel: "mandelbrot" });

test("seats and coins are never more than the sum, and what is left is less than a coin", () => {
  for (let k = 1; k <= 2000; k++) {
    const sum = 0.0037 + 0.00137 * k * k;
    const asked = {
      ...{ seatUsd: 0.0005 + 0.00002 * (k % 71), leastUsd: 0.0001 * (1 + (k % 9)) },
      chargedUsd: (sum * (k % 13)) / 12,
    };
    const { seats, coins, coinUsd } = partsOf(sum, asked)!;
    expect(seats).toBeGreaterThanOrEqual(1);
    const used = seats * asked.seatUsd + coins * coinUsd;
    expect(used).toBeLessThanOrEqual(sum * (1 + 1e-12));
    expect(sum - used).toBeLessThan(coinUsd * (1 + 1e-6));
    expect(coins).toBeLessThanOrEqual(4000);
    expect(coins * coinUsd).toBeGreaterThanOrEqual(asked.leastUsd);
  }
});

test("coins get three times what the estimate says, at most two thirds, or the estimate and a quarter: the rest is workers at a time", () => {
  const asked = { seatUsd: 0.0016, leastUsd: 0.0006 };
  // Each worker has a coin beside what the estimate says.
  expect(partsOf(0.16, { ...asked, chargedUsd: 0.02 })).toMatchObject({ seats: 55 });
  expect(partsOf(0.16, { ...asked, chargedUsd: 0.07 })).toMatchObject({ seats: 29 });
  expect(partsOf(0.16, { ...asked, chargedUsd: 0.1 })).toMatchObject({ seats: 19 });
  expect(partsOf(0.16, { ...asked, chargedUsd: 5 })).toMatchObject({ seats: 8 });
  expect(partsOf(0.0025, { ...asked, chargedUsd: 5 })).toMatchObject({ seats: 1, coins: 4 });
  expect(partsOf(0.0021, { ...asked, chargedUsd: 0 })).toBeUndefined();
});

test("the sum that a plan calls enough has coins for its high estimate, and a seat; for the rest of a job it follows from what was paid", () => {
  const kernel = builtIn("mandelbrot");
  const plan = planRound(resolvedJob({ kernel: "mandelbrot", chunksPerMessage: 1 }), kernel);
  const high = 0.02;
  const enough = enoughUsd(plan, undefined, OF, high);
  const { reservedUsd, seatUsd, leastUsd, charged, rates } = pricesOfRound(plan, undefined, OF, enough);
  const { seats, coins, coinUsd } = partsOf(enough - reservedUsd, {
    seatUsd,
    leastUsd,
    chargedUsd: charged,
  })!;
  expect(seats).toBeGreaterThanOrEqual(1);
  expect(coins * coinUsd + (seats - 1) * seatUsd).toBeGreaterThan(
    high + plan.figures.messages * rates.perReport,
  );
  expect(enough).toBeLessThan(reservedUsd + seatUsd + 1.2 * high + 0.001);

  const limit = { ...{ maxUsd: 0.01, reservedUsd, seatUsd, coinUsd: 0.0002 }, expectedUsd: 0.5 } as Limit;
  const later = (done: number) => enoughLaterUsd(limit, 0.004, { done, total: 100 });
  // A tenth for 0.004 USD: nine tenths more, and a margin.
  expect(later(10)).toBeCloseTo(0.01 + reservedUsd + seatUsd + (1.25 * 0.036) / 0.9 + 3 * 0.0002, 9);
  expect(later(99)).toBeLessThan(later(10));
  // Where nothing is done yet, as its splitter expected.
  expect(later(0)).toBeGreaterThan(0.5);
});

test("a job that has reached its limit goes on with the sum that is probably enough, rounded up", () => {
  const summary = (more: object) => ({ cancelledFor: "budget" as const, ...more });
  expect(withMore(undefined)).toEqual([]);
  expect(withMore({ limit: { maxUsd: 1 } })).toEqual([]);
  expect(withMore(summary({ limit: { maxUsd: 0.01, enoughUsd: 0.04871 } }))).toEqual(["--max-usd", "0.049"]);
  expect(withMore(summary({}))).toEqual(["--max-usd", "MORE"]);
});

test("a message waits longer before it buys where invocations may take longer, and at least 12 times", () => {
  expect(waitsFor(70_000)).toEqual({ toBuy: 12, most: 24 });
  const long = waitsFor(910_000);
  expect(long.toBuy).toBeGreaterThan(12);
  let seconds = 0;
  for (let waited = 0; waited < long.toBuy; waited++) seconds += waitSeconds(waited, 0.5);
  expect(seconds).toBeGreaterThanOrEqual(910);
  expect(Math.max(...[0, 12, 24, 99].map((waited) => 1000 * waitSeconds(waited, 1)))).toBeLessThanOrEqual(
    LONGEST_WAIT_MS + 500,
  );
});

test("a limit that pays for no worker is refused, with what would do, rounded up", () => {
  expect(refusedLimit(0.003, 0.00351, { isLater: false }).message).toMatch(
    /^Expected maxUsd to be at least 0.0036 USD for this job, got 0.003\. That much is set aside/,
  );
  expect(refusedLimit(0.006, 0.0068, { isLater: true }).message).toMatch(
    /^Expected maxUsd to be at least 0.0068 USD for this job, got 0.006\. Its earlier rounds are in it\.$/,
  );
});

test("a seat pays for a start of 10 s and a whole timeout; coins for requests", () => {
  // 70 s of 1769 MB at the list price of arm64, and 16 PUTs, by hand.
  const worst = 70 * (1769 / 1024) * 1.33334e-5;
  const rates = ratesOf(job.spec, OF);
  expect(longestMsOf(OF)).toBe(70_000);
  expect(seatUsdOf(rates, OF)).toBeGreaterThan(worst);
  expect(seatUsdOf(rates, OF)).toBeLessThan(1.06 * worst);
  expect(leastCoinsUsd(rates, { chunksPerMessage: "auto" }, { chunks: 16 })).toBeGreaterThan(16 * 5e-6);
});

test("workers are charged more than a plan's expected cost, so that what is charged bounds what is metered", () => {
  const { figures } = planRound(job, builtIn("mandelbrot"));
  const charged = chargedUsd(ratesOf(job.spec, OF), figures, OF);
  const computing = figures.seconds.busy * (1769 / 1024) * 1.33334e-5;
  expect(charged).toBeGreaterThan(computing + figures.requests.worker.put * 5e-6);
  expect(charged).toBeLessThan(10 * (computing + figures.requests.worker.put * 5e-6));
});

test("what is set aside grows by a few millionths for each message, and by a second and a half for each drainer", () => {
  const kernel = builtIn("mandelbrot");
  const reserved = (chunk: number, drainers = 0) => {
    const small = resolvedJob({ kernel: "mandelbrot", chunk: [chunk, chunk], chunksPerMessage: 1 });
    const { figures } = planRound(small, kernel, { timing: IN_ONE_BATCH, cap: { mapping: 2, burst: 0 } });
    const by = { rates: ratesOf(small.spec, OF), workers: 2, drainers };
    return { messages: figures.messages, usd: reserveOf(figures, by, small, OF) };
  };
  const [few, many] = [reserved(250), reserved(25)];
  const perMessage = (many.usd - few.usd) / (many.messages - few.messages);
  expect(few.usd).toBeLessThan(0.0022);
  expect(perMessage).toBeGreaterThan(3 * 4e-7);
  expect(perMessage).toBeLessThan(1e-5);
  const perDrainer = (reserved(250, 10).usd - few.usd) / 10;
  expect(perDrainer).toBeGreaterThan(1.5 * (1769 / 1024) * 1.33334e-5);
});
