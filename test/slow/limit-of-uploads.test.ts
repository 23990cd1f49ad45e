/** A kernel that was uploaded, in a job with a limit: it passes the same gate, which pays for fetching it too. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../api/index.ts";
import { isCancelled } from "../../shared/record/control.ts";
import { readLimit, takenParts, takePart } from "../../shared/record/limit.ts";
import { buildKernel } from "../../tools/kernels/build-kernel.ts";
import { folderWith, pointFile } from "../helpers/kernel-file.ts";
import { temporaryFolder } from "../helpers/temporary.ts";
import { uploadSite } from "../helpers/upload-site.ts";

const MAX_USD = 0.02;

async function submitted(jobId: string, points = 8) {
  const site = await uploadSite({ standsFor: "arm64 us-east-1 1769" });
  const folder = folderWith({ "mine.ts": pointFile("return Math.exp(x);") });
  const { name, hash, artifact } = await buildKernel(join(folder, "mine.ts"), { folder });
  const kernel = { kernel: name, hash, uploaded: site.upload(Buffer.from(artifact)) };
  const request = {
    ...kernel,
    requestId: jobId,
    points: [points],
    chunk: [2],
    chunksPerMessage: 1,
    maxUsd: MAX_USD,
  };
  await site.submit(request);
  const limit = (await readLimit(site.store, jobId))!;
  return { site, limit };
}

test("it is computed once a seat and a coin are taken, by one worker as by many messages", async () => {
  const { site, limit } = await submitted("u");
  expect(await site.jobOf("u")).toMatchObject({ maxUsd: MAX_USD });
  const { messages, errors } = await site.work();
  expect({ messages: messages.length, errors }).toEqual({ messages: 4, errors: [] });
  expect([...(await site.array("u"))].map((y) => y.toFixed(4))).toEqual(
    Array.from({ length: 8 }, (_, k) => Math.exp(k / 8).toFixed(4)),
  );
  const [seats, coins] = [
    await takenParts(site.store, "u", "seat"),
    await takenParts(site.store, "u", "coin"),
  ];
  expect(seats.size).toBe(1);
  expect(coins.size).toBeGreaterThan(0);
  expect(coins.size * limit.coinUsd).toBeLessThan(MAX_USD / 10);
});

test("where others have taken each seat and coin, nothing of it is fetched or computed, and the round is cancelled", async () => {
  const { site, limit } = await submitted("u", 80);
  for (const part of ["seat", "coin"] as const) {
    const { from, to } = limit[`${part}s`];
    for (let number = from; number < to; number++)
      await takePart(site.store, "u", { part, number, taker: "another" });
  }
  // Some are sent again, to wait for a seat, on the worker's credit, until that is used up; a slow worker meets these too.
  const { errors, messages } = await site.work();
  expect(messages.length).toBeGreaterThanOrEqual(40);
  expect(await isCancelled(site.store, { jobId: "u", round: 0 })).toBe(true);
  expect(errors).toEqual([]);
  for (let chunk = 0; chunk < 40; chunk++) expect(await site.hasChunk("u", chunk)).toBe(false);
});

test("on engine local a kernel of one's own keeps to its limit, and says what it may cost", async () => {
  const folder = folderWith({ "mine.ts": pointFile("return Math.exp(x);") });
  const out = join(temporaryFolder(), "job");
  const job = await run(
    join(folder, "mine.ts"),
    {},
    {
      ...{ engine: "local", points: [40], chunk: [4], chunksPerMessage: 1, workers: 2 },
      ...{ plots: false, maxUsd: MAX_USD, out },
    },
  );
  expect(job.summary).toMatchObject({ state: "complete", limit: { maxUsd: MAX_USD } });
  expect(job.summary.cost!.usd).toBeLessThanOrEqual(MAX_USD);
});
