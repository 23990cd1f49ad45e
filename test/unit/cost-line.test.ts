import { expect, test } from "vitest";
import { costLine } from "../../cli/terminal/cost-line.ts";
import type { Cost } from "../../shared/record/cost.ts";

const amounts = { gbSeconds: 1, requests: { lambda: 1, sqs: 1, put: 1, get: 1 }, logBytes: 1 };
const stage = (usd: number, basis: Cost["basis"]) => ({ usd, basis, ...amounts });
const costOf = (usd: number): Cost => ({
  ...{ ...amounts, usd, basis: "reported", region: "eu-west-1", architecture: "arm64", memoryMb: 512 },
  pricesDate: "2026-10-01",
  byStage: {
    splitter: stage(usd / 10, "predicted"),
    worker: stage(usd * 0.6, "reported"),
    aggregator: stage(usd * 0.3, "predicted"),
  },
});

test("a line has the sum, how it is known, each stage's share, and by which prices", () => {
  expect(costLine({ cost: costOf(0.000284) })).toEqual([
    [
      "cost",
      "0.00028 USD reported (splitter 10 %, predicted; worker 60 %; aggregator 30 %, predicted), as arm64, 512 MB, eu-west-1, prices of 2026-10-01",
    ],
  ]);
});

test("a job that nothing is known of, or that ran in one process, has no line", () => {
  expect(costLine({})).toEqual([]);
});

test.each([
  [0, "0 USD"],
  [1.234e-8, "less than 0.0000001 USD"],
  [2.84e-5, "0.000028 USD"],
  [0.0996, "0.10 USD"],
  [0.5, "0.50 USD"],
  [12.345, "12.35 USD"],
  [1716.2, "1716.20 USD"],
])("%d USD are written as %s", (usd, text) => {
  expect(costLine({ cost: costOf(usd) })[0]?.[1]).toContain(`${text} reported`);
});
