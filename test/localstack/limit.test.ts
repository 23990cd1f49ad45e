import { expect, test } from "vitest";
import { deployedSite } from "../helpers/site.ts";

const site = deployedSite();

/** 16 messages of a second or so. */
const PENDULUM = [
  ...["double-pendulum", "--points", "400x400", "--chunk", "100x100", "--chunks-per-message", "1"],
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
  const second = await site.cli("resume", "limited", "--engine", "aws", "--max-usd", "1", "--json");
  expect(second.code, second.stderr).toBe(0);
  expect(JSON.parse(second.stdout)).toMatchObject({ state: "complete", round: 1 });
});
