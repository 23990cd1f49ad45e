import { expect, test } from "vitest";
import {
  IN_ONE_BATCH,
  type LimitPorts,
  longestMsOf,
  ratesOf,
  reserveOf,
  slotsIn,
  slotUsd,
} from "../../../shared/plan/limit.ts";
import { planRound } from "../../../shared/plan/plan.ts";
import { pricesOf } from "../../../shared/plan/prices.ts";
import { builtIn, resolvedJob } from "../../helpers/kernels.ts";

const OF: LimitPorts = {
  ...{
    architecture: "arm64",
    prices: pricesOf("us-east-1"),
    memoryMb: 1769,
    ownMemoryMb: 1769,
    timeoutSeconds: 60,
  },
};
const job = resolvedJob({ kernel: "mandelbrot" });

test("slots and what is set aside are never more than the limit, and one slot more would be", () => {
  for (let k = 1; k <= 2000; k++) {
    const asked = {
      maxUsd: 0.0137 * k,
      reservedUsd: 0.0001 * (k % 90),
      slotUsd: 0.0005 + 0.00001 * (k % 71),
    };
    const slots = slotsIn(asked);
    expect(asked.reservedUsd + slots * asked.slotUsd).toBeLessThanOrEqual(asked.maxUsd * (1 + 1e-12));
    expect(asked.reservedUsd + (slots + 1) * asked.slotUsd).toBeGreaterThan(asked.maxUsd * (1 - 1e-12));
  }
});

test("a limit without a slot beside those that are taken is refused, with what would do", () => {
  const asked = { reservedUsd: 0.002, slotUsd: 0.0016 };
  expect(() => slotsIn({ ...asked, maxUsd: 0.003 })).toThrow(
    /^Expected maxUsd to be at least 0.0036 USD for this job, got 0.003\. That much is set aside/,
  );
  expect(() => slotsIn({ ...asked, maxUsd: 0.006, taken: 2 })).toThrow(
    /^Expected maxUsd to be at least 0.0068 USD for this job, got 0.006\. Its earlier rounds are in it\.$/,
  );
  expect(slotsIn({ ...asked, maxUsd: 0.0069, taken: 2 })).toBe(3);
});

test("a slot pays for a start of 10 s, a whole timeout, and the requests of fifty chunks", () => {
  // 70 s of 1769 MB at the list price of arm64, 50 PUTs of each of the job's values, by hand.
  const least = 70 * (1769 / 1024) * 1.33334e-5 + 50 * job.spec.values.length * 5e-6;
  const rates = ratesOf(job.spec, OF);
  expect(longestMsOf(OF)).toBe(70_000);
  expect(slotUsd(rates, job, OF)).toBeGreaterThan(least);
  expect(slotUsd(rates, job, OF)).toBeLessThan(1.2 * least);
});

test("what is set aside grows by a few millionths for each message", () => {
  const kernel = builtIn("mandelbrot");
  const reserved = (chunk: number) => {
    const small = resolvedJob({ kernel: "mandelbrot", chunk: [chunk, chunk], chunksPerMessage: 1 });
    const { figures } = planRound(small, kernel, { timing: IN_ONE_BATCH, cap: { mapping: 2, burst: 0 } });
    return { messages: figures.messages, usd: reserveOf(figures, small.spec, OF) };
  };
  const [few, many] = [reserved(250), reserved(25)];
  const perMessage = (many.usd - few.usd) / (many.messages - few.messages);
  expect(few.usd).toBeLessThan(0.002);
  expect(perMessage).toBeGreaterThan(3 * 4e-7);
  expect(perMessage).toBeLessThan(1e-5);
});
