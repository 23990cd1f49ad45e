import { setTimeout as sleep } from "node:timers/promises";
import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { deployedSite } from "../helpers/site.ts";

const site = deployedSite({ args: ["-c", "maxConcurrency=4"] });
const LONG = ["--size", "1000", "--chunk", "25x25", "--chunks-per-message", "1", "--no-plots"];
const SUM = 51_214_485;

async function json(...args: string[]) {
  const { stdout, stderr, code } = await site.cli(...args, "--json");
  expect(stderr).not.toMatch(/Expected/);
  return { ...JSON.parse(stdout), code };
}

async function keysOf(jobId: string): Promise<string[]> {
  const where = { Bucket: site.outputs.BucketName, Prefix: `jobs/${jobId}/` };
  const { Contents = [] } = await site.clients.s3.send(new ListObjectsV2Command(where));
  return Contents.map(({ Key = "" }) => Key);
}

const chunksOf = async (jobId: string) =>
  (await keysOf(jobId)).filter((key) => key.includes("/array/escape_time/c/"));

async function submitAndWaitForChunks(jobId: string) {
  await site.cli("submit", ...LONG, "--job-id", jobId);
  while ((await chunksOf(jobId)).length < 5) await sleep(100);
}

test("of two jobs one is cancelled: it stops and can be resumed, the other one completes", async () => {
  await submitAndWaitForChunks("stopped");
  await site.cli("submit", "--size", "300", "--max-iterations", "100", "--job-id", "other");
  const cancelled = await json("cancel", "stopped");
  expect(cancelled).toMatchObject({ state: "cancelled", code: 0 });
  expect(cancelled.chunks.done).toBeLessThan(400);
  expect(await json("attach", "other")).toMatchObject({ state: "complete", sum: 537_814, code: 0 });
  const stored = (await chunksOf("stopped")).length;
  expect(await json("status", "stopped", "--engine", "aws")).toMatchObject({
    state: "cancelled",
    queues: { chunks: { waiting: 0 } },
  });
  expect((await chunksOf("stopped")).length).toBe(stored);

  expect((await site.cli("cancel", "other", "--engine", "aws")).stderr).toMatch(
    /Expected job to be one that is running, got other, which is complete/,
  );
  const resumed = await json("resume", "stopped", "--engine", "aws");
  // Round 1 was cancelled too: a resumption might have been about to begin.
  expect(resumed).toMatchObject({ state: "complete", round: 2, sum: SUM, code: 0 });
  expect((await json("status", "stopped", "--engine", "aws")).summary).toMatchObject({
    state: "complete",
    round: 2,
  });
});

test("a chunk that was damaged in the bucket is the only one that resume computes", async () => {
  await json(
    "run",
    "--engine",
    "aws",
    "--size",
    "100",
    "--chunk",
    "10x10",
    "--no-plots",
    "--job-id",
    "damaged",
  );
  await site.clients.s3.send(
    new PutObjectCommand({
      Bucket: site.outputs.BucketName,
      Key: "jobs/damaged/array/escape_time/c/1/1",
      Body: "damaged",
    }),
  );
  const { stdout } = await site.cli("resume", "damaged", "--engine", "aws", "--out", "mended");
  expect(stdout).toContain("the tutorial's own sum");
  expect(await keysOf("damaged")).toContain("jobs/damaged/control/missing-1-1.json");
});

test("a job that is deleted while it runs is gone, and stays so", async () => {
  await submitAndWaitForChunks("running");
  expect((await site.cli("delete", "running", "--yes")).stderr).toMatch(/say --force, which cancels it/);
  expect((await site.cli("delete", "running", "--yes", "--force")).code).toBe(0);
  await sleep(2000);
  expect(await keysOf("running")).toEqual([]);
});
