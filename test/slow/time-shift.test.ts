import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { EventSource } from "../../client/local/event-source.ts";
import { inEvents } from "../../client/local/function-events.ts";
import { localInbox } from "../../client/local/local-inbox.ts";
import { queueDepth } from "../../client/local/queue-depth.ts";
import type { Finished } from "../../functions/aggregator/finish.ts";
import { parseResultMessage } from "../../shared/messages/chunk-report.ts";
import { slotsOf } from "../helpers/deployed.ts";
import { emulatedCloud } from "../helpers/emulator.ts";
import { JOB_OF_4_CHUNKS } from "../helpers/stages.ts";

const QUARTER_MS = 900_000;
const QUARTERS = 2 * 24 * 4;

/** The built stages around the embedded queues, whose clock, this process's, jumps by a quarter of an hour at each check. */
async function submitted() {
  const site = await emulatedCloud();
  const { cloud, folder } = site;
  const [splitter, worker, aggregator] = [
    await slotsOf("splitter", site, {}),
    await slotsOf("worker", site, {}),
    await slotsOf("aggregator", site, {}),
  ];
  await splitter.invoke(JOB_OF_4_CHUNKS);
  const now = Date.now;
  let passedMs = 0;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + passedMs);
  onTestFinished(() => clock.mockRestore());
  const results = localInbox(cloud.sqs, cloud.queues.results);
  const finished: Finished[] = [];
  const aggregate = inEvents(async (event) => {
    const answer = (await aggregator.invoke(event)) as { finished: Finished[]; batchItemFailures: [] };
    finished.push(...answer.finished);
    return answer;
  });
  return {
    ...{ cloud, worker, finished, aggregate },
    job: join(folder, "jobs/j"),
    /** Has the check that waits delivered a quarter of an hour later. */
    async nextCheck() {
      passedMs += QUARTER_MS;
      const messages = await results.receive(10, 0);
      await aggregate(messages);
      await results.acknowledge(messages);
      return messages.map(({ body }) => parseResultMessage(body));
    },
    depth: () => queueDepth(cloud.sqs, cloud.queues.chunks),
  };
}

test("on the embedded queues a job that no worker comes to for two days waits, and completes once workers come", async () => {
  const { cloud, worker, finished, aggregate, job, nextCheck, depth } = await submitted();
  for (let quarter = 0; quarter < QUARTERS; quarter++)
    expect(await nextCheck()).toMatchObject([{ kind: "check", turn: 0 }]);
  expect(finished).toEqual([]);
  expect(await depth()).toEqual({ waiting: 4, inFlight: 0, delayed: 0 });
  expect(["summary.json", "failures"].filter((name) => existsSync(join(job, name)))).toEqual([]);
  expect(readdirSync(job)).toContain("submitted.json");

  const { sqs, queues } = cloud;
  const options = { batchSize: 1, batchingWindowMs: 0, maximumConcurrency: 1 };
  const workByWorker = inEvents((event) => worker.invoke(event));
  const sources = [
    new EventSource({ ...options, inbox: localInbox(sqs, queues.chunks), work: workByWorker }),
    new EventSource({ ...options, inbox: localInbox(sqs, queues.results), work: aggregate }),
  ];
  for (const source of sources) source.start();
  await vi.waitUntil(() => finished.length > 0, { timeout: 30_000 });
  await Promise.all(sources.map((source) => source.stop()));
  expect(finished[0]?.summary).toMatchObject({
    ...{ state: "complete", failedAttempts: 0, reissued: { chunks: 0 } },
  });
});
