import { expect, test } from "vitest";
import { deployedSite } from "../helpers/site.ts";

const site = deployedSite();

test("a job costs what its functions' logs say, and its summary what its workers reported", async () => {
  const options = ["--size", "100", "--out", "priced", "--job-id", "priced", "--json"];
  const ran = JSON.parse((await site.cli("run", "--engine", "aws", ...options)).stdout);
  const { requests, gbSeconds } = ran.cost.byStage.worker;
  expect(ran.cost).toMatchObject({ basis: "reported", region: "us-east-1", pricesDate: "2026-09-19" });
  expect(gbSeconds).toBeGreaterThan(0);
  const { stdout, stderr } = await site.cli("cost", "priced", "--engine", "aws", "--json");
  expect(stderr).toBe("");
  const { cost, remarks } = JSON.parse(stdout);
  // The aggregator knows the processor that it runs on, which on LocalStack is this machine's.
  expect(cost).toMatchObject({ basis: "logged", memoryMb: ran.cost.memoryMb, architecture: "arm64" });
  expect(cost.byStage.splitter.requests.lambda).toBe(1);
  expect(cost.byStage.worker.requests).toEqual(requests);
  // The log has what follows the report, too.
  expect(cost.byStage.worker.gbSeconds).toBeGreaterThanOrEqual(gbSeconds);
  expect(cost.byStage.aggregator.requests.lambda).toBeGreaterThan(0);
  expect(remarks[0]).toContain("Invocations are as the functions' logs say");
});
