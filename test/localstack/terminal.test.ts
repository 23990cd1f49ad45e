import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deployedSite } from "../helpers/site.ts";
import { openTerminal } from "../helpers/terminal.ts";

const site = deployedSite({ args: ["-c", "maxConcurrency=4"] });
const terminal = (...args: string[]) =>
  openTerminal(args, { cwd: site.folder, env: site.localStack.environment });
const CTRL_C = "\u0003";
const LONG = ["--engine", "aws", "--size", "1000", "--chunk", "25x25", "--chunks-per-message", "1"];

test("a remote run shows its progress, Ctrl-C detaches, attach picks it up, and the results arrive", async () => {
  const run = terminal("run", ...LONG, "--job-id", "long");
  await run.shows(/ [1-9]\d*\/400 chunks, \d+ running/);
  run.type(CTRL_C);
  await run.shows(/Cancel it instead\? \[y\/N\]/);
  run.type("\r");
  expect(await run.ended).toBe(130);
  expect(run.screen).toContain("Detached: job long goes on in stack Manyhands.");
  expect(run.screen).toContain("manyhands attach long");
  expect(existsSync(join(site.folder, "results/long/summary.json"))).toBe(false);

  const { stdout: status } = await site.cli("status", "long", "--engine", "aws", "--json");
  expect(JSON.parse(status)).toMatchObject({ state: "running", chunks: { total: 400 } });

  const attach = terminal("attach", "long");
  await attach.shows(/\/400 chunks, \d+ running/);
  await attach.shows(/on engine aws: .*complete/);
  expect(await attach.ended).toBe(0);
  expect(attach.screen).toContain("stack Manyhands in us-east-1");
  expect(readdirSync(join(site.folder, "results/long"))).toEqual(
    expect.arrayContaining(["array", "heatmap.png", "summary.json"]),
  );

  const fetch = terminal("fetch", "long", "--out", "again");
  await fetch.shows(/\d+ files/);
  expect(await fetch.ended).toBe(0);
  expect(readdirSync(join(site.folder, "again/array/escape_time/c"))).toHaveLength(20);
});

test("Ctrl-C cancels where that is wanted, and the job can be resumed", async () => {
  const run = terminal("run", ...LONG, "--job-id", "unwanted");
  await run.shows(/ [1-9]\d*\/400 chunks, \d+ running/);
  run.type(CTRL_C);
  await run.shows(/Cancel it instead\? \[y\/N\]/);
  run.type("y\r");
  expect(await run.ended).toBe(130);
  expect(run.screen).toMatch(/Cancelled: \d+ of 400 chunks are stored\./);
  const { stdout } = await site.cli("status", "unwanted", "--engine", "aws", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ state: "cancelled" });
});

test("delete asks, and takes no for an answer", async () => {
  await site.cli("submit", "--size", "20", "--job-id", "short");
  await site.cli("attach", "short", "--quiet");
  const refused = terminal("delete", "short");
  await refused.shows(/Delete \d+ objects .* of job short in s3:.*\? \[y\/N\]/);
  refused.type("n\r");
  expect(await refused.ended).toBe(1);
  expect((await site.cli("status", "short", "--engine", "aws")).code).toBe(0);
  const confirmed = terminal("delete", "short");
  await confirmed.shows(/\[y\/N\]/);
  confirmed.type("y\r");
  expect(await confirmed.ended).toBe(0);
  expect((await site.cli("status", "short", "--engine", "aws")).code).toBe(2);
});
