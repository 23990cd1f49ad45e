import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { asRows, asText } from "../../../cli/commands/list.ts";
import { folderJobs } from "../../../client/jobs/folder-jobs.ts";
import { computeInto } from "../../helpers/remote.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const USAGE = { gbSeconds: 1, requests: { lambda: 1, sqs: 1, put: 1, get: 1 }, logBytes: 0 };
const STAGE = { usd: 0.0001, basis: "metered", ...USAGE };
const COST = {
  ...{
    usd: 0.00123,
    basis: "metered",
    ...USAGE,
    byStage: { splitter: STAGE, worker: STAGE, aggregator: STAGE },
  },
  ...{ region: "eu-central-1", architecture: "arm64", memoryMb: 1769, pricesDate: "2026-11-01" },
};

test("a listed job has its kernel and size, and once it has ended its time and, where it is known, its cost", async () => {
  const folder = temporaryFolder();
  for (const id of ["short", "dear", "running"]) await computeInto(folder, id);
  const summaryOf = (id: string) => join(folder, "jobs", id, "summary.json");
  for (const [id, more] of [
    ["short", { makespanMs: 1234.5 }],
    ["dear", { makespanMs: 7.2e6, cost: COST }],
  ] as const) {
    const summary = JSON.parse(readFileSync(summaryOf(id), "utf8"));
    writeFileSync(summaryOf(id), JSON.stringify({ ...summary, ...more }));
  }
  rmSync(summaryOf("running"));
  const listing = await folderJobs(join(folder, "jobs")).list(10);

  const text = asText(listing);
  expect(text).toMatch(/^JOB +STATE +CHUNKS +KERNEL +SIZE +TIME +COST ON AWS +SUBMITTED$/m);
  expect(text).toMatch(/^short +complete +1\/1 +mandelbrot +50 x 50 +1\.23 s +\d+ s ago$/m);
  expect(text).toMatch(/^dear +complete +1\/1 +mandelbrot +50 x 50 +2\.0 h +0\.0012 USD +\d+ s ago$/m);
  expect(text).toMatch(/^running +unfinished +1\/1 +mandelbrot +50 x 50 +\d+ s ago$/m);

  const { short, dear, running } = Object.fromEntries(
    asRows(listing).map((row) => [(row as { jobId: string }).jobId, row]),
  );
  expect(short).toMatchObject({ kernel: "mandelbrot", state: "complete", makespanMs: 1234.5 });
  expect(short).not.toHaveProperty("cost");
  expect(dear).toMatchObject({ makespanMs: 7.2e6, cost: { usd: 0.00123, basis: "metered" } });
  expect(running).not.toHaveProperty("makespanMs");
});
