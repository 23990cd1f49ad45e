import { expect, test } from "vitest";
import { costOf } from "../../../shared/plan/bill.ts";
import { loggedCost } from "../../../shared/plan/logged-cost.ts";
import { pricesOf } from "../../../shared/plan/prices.ts";

const prices = pricesOf("us-east-1");
const stage = (put: number, basis: "reported" | "predicted") => ({
  ...{ gbSeconds: 1, logBytes: 100, basis, requests: { lambda: 5, sqs: 10, put, get: 7 } },
});
const reported = costOf(
  { splitter: stage(3, "predicted"), worker: stage(20, "reported"), aggregator: stage(6, "predicted") },
  { architecture: "arm64", memoryMb: 1769, prices },
);
const log = (invocations: number, billedMs: number, memoryMb: number) => ({
  ...{ invocations, billedMs, memoryMb, logBytes: 1000 },
});
const logged = { splitter: log(1, 500, 1024), worker: log(9, 4000, 2048), aggregator: log(2, 250, 1024) };

test("invocations, their time and logs are those of the log, at each stage's memory; requests stay as they were reported", () => {
  const cost = loggedCost(reported, logged, prices);
  expect(cost).toMatchObject({
    basis: "logged",
    gbSeconds: 0.5 + 8 + 0.25,
    memoryMb: 2048,
    architecture: "arm64",
  });
  expect(cost.byStage.worker).toMatchObject({
    ...{ basis: "logged", gbSeconds: 8, logBytes: 1000, requests: { lambda: 9, sqs: 10, put: 20, get: 7 } },
  });
});

test("what AWS counted beyond the formulas is the workers'", () => {
  const { byStage } = loggedCost(reported, logged, prices, { redelivered: 4, put: 40, get: 20 });
  expect(byStage.worker.requests).toEqual({ lambda: 9, sqs: 14, put: 40 - 3 - 6, get: 20 - 7 - 7 });
  expect(byStage.splitter.requests).toMatchObject({ put: 3, get: 7 });
  const less = loggedCost(reported, logged, prices, { redelivered: 0, put: 1, get: 1 });
  expect(less.byStage.worker.requests).toMatchObject({ put: 0, get: 0 });
});
