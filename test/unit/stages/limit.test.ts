/** A job with a limit: how often its messages come and however it is split and resumed, no more than its slots are computed. */
import { expect, test } from "vitest";
import { seededRandom } from "../../../client/local/seeded-random.ts";
import { check } from "../../../functions/aggregator/check.ts";
import { parseResultMessage } from "../../../shared/messages/chunk-report.ts";
import { resumption } from "../../../shared/messages/resumption.ts";
import { pricesOf } from "../../../shared/plan/prices.ts";
import { readLimit, takenSlots } from "../../../shared/record/limit.ts";
import { readSummary } from "../../../shared/record/summary.ts";
import { sameBytes, storedArray, wholeArray } from "../../helpers/arrays.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

const LIMITED = { ...JOB_OF_25_CHUNKS, maxUsd: 0.015 };

function billed(): Stages {
  const stages = new Stages();
  stages.billing = { architecture: "arm64", memoryMb: 1769, prices: pricesOf("us-east-1") };
  return stages;
}

/** Sees to the checks, which wait in the queue. */
async function settle(stages: Stages): Promise<void> {
  for (const body of stages.results.take()) await stages.aggregate(body);
  for (const { body } of stages.results.sent.splice(0)) {
    const message = parseResultMessage(body);
    if (message.kind === "check") await check(message, stages.ports);
  }
}

test("it ends cancelled for its budget with what was computed, and is complete once it may cost more", async () => {
  const stages = billed();
  await stages.split(LIMITED);
  const { slots } = (await readLimit(stages.store, "j"))!;
  expect(slots).toBeGreaterThan(2);
  expect(slots).toBeLessThan(10);
  await stages.workOff();
  await settle(stages);
  expect(await readSummary(stages.store, "j")).toMatchObject({
    ...{ state: "cancelled", cancelledFor: "budget" },
    chunks: { total: 25, done: slots, failed: 0 },
  });
  await expect(stages.split(resumption("j"))).rejects.toThrow(
    /^Expected maxUsd to be at least .* got 0\.015\./,
  );
  await expect(stages.split(resumption("j", false, undefined, undefined, undefined, 0.01))).rejects.toThrow(
    "Expected maxUsd to be at least 0.015, as before, got 0.01.",
  );
  await stages.split(resumption("j", false, undefined, undefined, undefined, 1));
  await stages.workOff();
  expect(await readSummary(stages.store, "j")).toMatchObject({ state: "complete", round: 1 });
  expect((await readSummary(stages.store, "j"))?.cancelledFor).toBeUndefined();
  expect((await takenSlots(stages.store, "j")).size).toBe(25);
  expect(sameBytes(await storedArray(stages.store, "j"), wholeArray(resolvedJob(JOB_OF_25_CHUNKS)))).toBe(
    true,
  );
});

test("duplicates, redrives and resent splits are executions like any other: there are no more than slots", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const random = seededRandom(seed);
    const stages = billed();
    await stages.split(LIMITED);
    const { slots } = (await readLimit(stages.store, "j"))!;
    const bodies = stages.chunks.take();
    let executions = 0;
    for (let n = 0; n < 60; n++) {
      // A splitter that is invoked again before submitted.json was written sends everything once more.
      if (random() < 0.05) {
        stages.store.objects.delete("jobs/j/submitted.json");
        await stages.split(LIMITED);
        bodies.push(...stages.chunks.take());
      }
      const body = bodies[Math.floor(random() * bodies.length)]!;
      const outcome = await stages.work(body, 1 + Math.floor(random() * 5));
      if (!outcome.cancelled) executions++;
      bodies.push(...stages.chunks.take());
    }
    expect(executions, `seed ${seed}`).toBe(slots);
  }
});

test("without a limit the same schedule has no such end, and nothing is noted", async () => {
  const stages = billed();
  await stages.split(JOB_OF_25_CHUNKS);
  await stages.workOff();
  expect((await readSummary(stages.store, "j"))?.state).toBe("complete");
  expect([...stages.store.objects.keys()].filter((key) => key.includes("/spend/"))).toEqual([]);
});

test("a limit is refused where nothing is billed, below what is set aside, and where the job began without one", async () => {
  const free = new Stages();
  await expect(free.split(LIMITED)).rejects.toThrow(
    /^Expected maxUsd to be left out where nothing is billed/,
  );
  const stages = billed();
  await expect(stages.split({ ...LIMITED, maxUsd: 0.001 })).rejects.toThrow(
    /^Expected maxUsd to be at least/,
  );
  for (const maxUsd of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "1 EUR"])
    await expect(stages.split({ ...LIMITED, maxUsd }), String(maxUsd)).rejects.toThrow(/maxUsd to be/);
  expect([...stages.store.objects.keys(), ...free.store.objects.keys()]).toEqual([]);
  await stages.split(JOB_OF_25_CHUNKS);
  await expect(stages.split(resumption("j", false, undefined, undefined, undefined, 1))).rejects.toThrow(
    "Expected maxUsd to be left out for a job that began without a limit, got 1.",
  );
});
