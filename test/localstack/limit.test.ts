import { join } from "node:path";
import { expect, test } from "vitest";
import { folderWith, pointFile } from "../helpers/kernel-file.ts";
import { deployedSite } from "../helpers/site.ts";

const site = deployedSite({ args: ["-c", "kernelUploads=all"] });

/** 100 messages of some tenths of a second. */
const PENDULUM = [
  ...["double-pendulum", "--points", "500x500", "--chunk", "50x50", "--chunks-per-message", "1"],
  ...["--no-plots", "--job-id", "limited"],
];

test("a job with a small limit ends cancelled for its budget, and goes on with a higher one", async () => {
  const none = await site.cli("submit", ...PENDULUM, "--max-usd", "0.0000001");
  const [, least] = /Expected --max-usd to be at least (\S+) USD for this job/.exec(none.stderr) ?? [];
  expect(none.code).toBe(2);
  const maxUsd = Number(least) * 1.01;
  const first = await site.cli(
    "run",
    "--engine",
    "aws",
    ...PENDULUM,
    "--max-usd",
    maxUsd.toFixed(6),
    "--json",
  );
  expect(first.code, first.stderr).toBe(3);
  expect(JSON.parse(first.stdout)).toMatchObject({ state: "cancelled", cancelledFor: "budget" });
  const status = await site.cli("status", "limited", "--engine", "aws");
  expect(status.stdout).toContain("cancelled (it may cost no more)");
  expect(status.stdout).toMatch(/^ {2}limit +0\.\d+ USD for all its rounds together$/m);
  expect(status.stdout).toMatch(/resume limited --engine aws --max-usd 0\.\d+.*` computes what is missing/);
  const second = await site.cli("resume", "limited", "--engine", "aws", "--max-usd", "1", "--json");
  expect(second.code, second.stderr).toBe(0);
  expect(JSON.parse(second.stdout)).toMatchObject({ state: "complete", round: 1 });
});

test("a kernel from a file is uploaded and keeps to its limit", async () => {
  const mine = join(folderWith({ "mine.ts": pointFile("return Math.exp(x);") }), "mine.ts");
  const job = [mine, "--points", "40", "--chunk", "4", "--chunks-per-message", "1", "--no-plots"];
  const ran = await site.cli("run", ...job, "--engine", "aws", "--max-usd", "0.05", "--json");
  expect(ran.code, ran.stderr).toBe(0);
  const { state, limit, cost } = JSON.parse(ran.stdout);
  expect({ state, limit }).toEqual({ state: "complete", limit: { maxUsd: 0.05 } });
  expect(cost.usd).toBeLessThan(0.05);
  // The limit, a seat and coins, each a PUT, are in what it cost.
  expect(cost.byStage.worker.requests.put).toBeGreaterThan(10);
});
