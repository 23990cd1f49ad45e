import { expect, test } from "vitest";
import { billedMs, billedRequests, costOf, gbSecondsOf } from "../../../shared/plan/bill.ts";
import {
  BUILT_IN_PRICES,
  FIGURE_NAMES,
  lackingIn,
  lackingText,
  pricesOf,
  usdOfAmount,
} from "../../../shared/plan/prices.ts";
import { sqsUnits } from "../../../shared/ports/request-limits.ts";

const prices = pricesOf("us-east-1");

test("a plan says which of a region's prices are another one's: none of us-east-1's, some of a known region's, all of an unknown one's", () => {
  expect(lackingText(lackingIn(prices))).toBe("");
  const known = lackingIn(pricesOf("eu-west-1"));
  expect(known).toContain("s3Put");
  expect(known).not.toContain("lambdaGbSecondArm");
  expect(lackingText(known)).toBe(` (us-east-1's where its own are unknown: ${known.join(", ")})`);
  expect(lackingText(lackingIn(pricesOf("eu-central-1")))).toBe(
    " (us-east-1's where its own are unknown: all)",
  );
});
const NOTHING = { gbSeconds: 0, requests: { lambda: 0, sqs: 0, put: 0, get: 0 }, logBytes: 0 };

test("a worker's invocation is priced as AWS's own example prices one", () => {
  // https://aws.amazon.com/lambda/pricing/: 3 million requests of 120 ms at 1536 MB on x86 are 540,000 GB-s, 9.00 and 0.60 USD.
  const gbSeconds = 3e6 * gbSecondsOf(billedMs(119.2), 1536);
  const worker = {
    ...NOTHING,
    gbSeconds,
    requests: { ...NOTHING.requests, lambda: 3e6 },
    basis: "metered" as const,
  };
  const none = { ...NOTHING, basis: "metered" as const };
  const stages = { splitter: none, worker, aggregator: none };
  const cost = costOf(stages, { architecture: "x86_64", memoryMb: 1536, prices });
  expect(cost.usd).toBeCloseTo(9.6, 4);
  expect(cost).toMatchObject({
    basis: "metered",
    memoryMb: 1536,
    region: "us-east-1",
    pricesDate: prices.date,
  });
  expect(costOf(stages, { architecture: "arm64", memoryMb: 1536, prices }).usd).toBeCloseTo(7.8, 4);
});

test("each kind of request has its price, and stages add up", () => {
  const stage = (requests: typeof NOTHING.requests, logBytes: number) => ({
    ...{ gbSeconds: 0, requests, logBytes, basis: "metered" as const },
  });
  const { usd, byStage, requests } = costOf(
    {
      splitter: stage({ lambda: 1e6, sqs: 0, put: 0, get: 0 }, 0),
      worker: stage({ lambda: 0, sqs: 1e6, put: 1e6, get: 0 }, 0),
      aggregator: stage({ lambda: 0, sqs: 0, put: 0, get: 1e6 }, 2e9),
    },
    { architecture: "arm64", memoryMb: 1769, prices },
  );
  expect(byStage.splitter.usd).toBeCloseTo(0.2);
  expect(byStage.worker.usd).toBeCloseTo(0.4 + 5);
  expect(byStage.aggregator.usd).toBeCloseTo(0.4 + 1);
  expect(usd).toBeCloseTo(7);
  expect(requests).toEqual({ lambda: 1e6, sqs: 1e6, put: 1e6, get: 1e6 });
});

test("durations are rounded up to the ms with initialisation in them, payloads to 64 KiB", () => {
  expect([billedMs(1), billedMs(1.01), billedMs(1.2, 130.4)]).toEqual([1, 2, 132]);
  expect([0, 1, 65_536, 65_537, 250_000].map(sqsUnits)).toEqual([1, 1, 1, 2, 4]);
});

test("lists cost as PUTs do, and every request of a queue costs the same", () => {
  const requests = { invocations: 1, send: 2, receive: 3, delete: 4, depth: 5, put: 6, get: 7, list: 8 };
  expect(billedRequests(requests, 9)).toEqual({ lambda: 1, sqs: 2 + 3 + 4 + 5 + 9, put: 14, get: 7 });
});

test("what is above a tier has the tier's price", () => {
  const tiers = [
    { from: 0, usd: 3 },
    { from: 10, usd: 2 },
    { from: 100, usd: 1 },
  ];
  expect([0, 5, 10, 11, 100, 101].map((amount) => usdOfAmount(amount, { tiers }))).toEqual([
    ...[0, 15, 30, 32, 210, 211],
  ]);
});

test("three regions come with the program, and each figure says where it was read and when", () => {
  expect(BUILT_IN_PRICES.map(({ region }) => region)).toEqual(["us-east-1", "eu-west-1", "ap-northeast-1"]);
  const figures = BUILT_IN_PRICES.flatMap((file) => FIGURE_NAMES.flatMap((name) => file.figures[name] ?? []));
  for (const { date, source, usageType, tiers } of figures) {
    expect(date).toMatch(/^2026-\d\d-\d\d$/);
    expect(source).toMatch(/transcription|secondary sources/);
    expect(usageType).toMatch(/^(EU-|APN1-|USE1-)?[A-Z][A-Za-z0-9-]+$/);
    expect(tiers[0]?.from).toBe(0);
  }
  // None of them was read from AWS on the machine where this was written: they say so.
  expect(figures.filter(({ readFromAws }) => readFromAws)).toEqual([]);
});

test("a region's figure that was not found is that of us-east-1, and says so; the oldest date is the table's", () => {
  const { figures, date } = pricesOf("eu-west-1");
  expect([figures.logsGb.of, figures.logsGb.tiers[0]?.usd]).toEqual(["eu-west-1", 0.57]);
  expect([figures.s3Put.of, figures.s3Put.usageType]).toEqual(["us-east-1", "Requests-Tier1"]);
  expect(date).toBe(FIGURE_NAMES.map((name) => figures[name].date).toSorted()[0]);
});
