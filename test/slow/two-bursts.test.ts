import { expect, onTestFinished, test, vi } from "vitest";
import { EventSource } from "../../client/local/event-source.ts";
import { startFunctionEndpoint } from "../../client/local/function-endpoint.ts";
import { inEvents } from "../../client/local/function-events.ts";
import { localInbox } from "../../client/local/local-inbox.ts";
import { makePools, type Pools } from "../../client/local/pools.ts";
import { DRAINERS_PREFIX } from "../../shared/burst/claim-keys.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import type { Submission } from "../../shared/record/submission.ts";
import { emulatedCloud } from "../helpers/emulator.ts";
import { misbehavingBundles } from "../helpers/run-engine.ts";

/** Drainers at a time, and workers of the mapping beside them. */
const CAP = 3;
const MAPPING = 2;
const CHUNKS = 20;

const request = (requestId: string) => ({
  ...{ requestId, kernel: "slow", chunk: [10, 10], chunksPerMessage: 1, ramp: "burst" },
  grid: {
    axes: [
      { from: 1.3, to: -1.3, count: 50 },
      { from: -2.13, to: 0.77, count: 40 },
    ],
  },
});

/** A deployment with two splitters, whose drainers and mapping work until the test ends. */
async function deployment() {
  const { cloud, folder } = await emulatedCloud();
  const bundles = await misbehavingBundles();
  const fleet: { pools?: Pools } = {};
  const width = { drainers: 0, mostDrainers: 0 };
  const worker = async (event: unknown) => {
    width.mostDrainers = Math.max(width.mostDrainers, ++width.drainers);
    try {
      return await fleet.pools?.worker.invoke(event);
    } finally {
      width.drainers--;
    }
  };
  // It would let in any number: who keeps to the cap are the splitters.
  const lambda = await startFunctionEndpoint({
    secret: cloud.credentials.secretAccessKey,
    ...{ functions: { worker }, maximumConcurrency: 100, maxEventAgeMs: 60_000 },
  });
  const poolsOf = (workers: number) =>
    makePools(
      {
        ...{ folder, workers, timeoutMs: 30_000, retryAfterSeconds: 0, burstConcurrency: CAP },
        environment: { AWS_ENDPOINT_URL_LAMBDA: lambda.url },
      },
      bundles,
      cloud,
    );
  fleet.pools = poolsOf(CAP + MAPPING);
  const [one, other] = [poolsOf(0), poolsOf(0)];
  const source = new EventSource({
    ...{ inbox: localInbox(cloud.sqs, cloud.queues.chunks), batchSize: 1, batchingWindowMs: 0 },
    maximumConcurrency: MAPPING,
    work: inEvents((event) => fleet.pools?.worker.invoke(event) ?? Promise.reject()),
  });
  source.start();
  await Promise.all([one, other].map(({ splitter }) => splitter.warmOne()));
  onTestFinished(async () => {
    const stopping = source.stop();
    await lambda.close();
    for (const pools of [fleet.pools, one, other])
      for (const pool of Object.values(pools ?? {})) await pool.close();
    await stopping;
  });
  const store = new FileStore({ "": folder });
  const countKeys = async (prefix: string) => {
    let count = 0;
    for await (const _ of store.list(prefix)) count++;
    return count;
  };
  const done = (jobId: string) =>
    vi.waitUntil(async () => (await countKeys(`jobs/${jobId}/array/escape_time/c/`)) === CHUNKS, {
      timeout: 40_000,
    });
  const split = ({ splitter }: Pools, jobId: string) =>
    splitter.invoke(request(jobId)) as Promise<Submission>;
  return { width, countKeys, done, split, one, other };
}

test("two jobs at once keep to the cap together, and both are done", async () => {
  const { width, done, split, one, other } = await deployment();
  const submissions = await Promise.all([split(one, "a"), split(other, "b")]);
  const started = submissions.map(({ drainers }) => drainers);
  expect(started[0]! + started[1]!).toBeLessThanOrEqual(CAP);
  await Promise.all([done("a"), done("b")]);
  expect(width.mostDrainers).toBe(started[0]! + started[1]!);
});

test("a job that comes when another is over has its own drainers, once those of the other have ended", async () => {
  const { width, countKeys, done, split, one, other } = await deployment();
  expect(await split(one, "a")).toMatchObject({ drainers: CAP });
  await done("a");
  await vi.waitUntil(() => width.drainers === 0, { timeout: 10_000 });
  // The claim outlives the queue's last message by one and a half such messages and two seconds.
  const startedSome = await vi.waitUntil(
    async () => {
      const { drainers } = await split(other, `b-${Math.floor(performance.now())}`);
      return drainers > 0;
    },
    { timeout: 20_000, interval: 500 },
  );
  expect(startedSome).toBe(true);
  expect(width.mostDrainers).toBeLessThanOrEqual(CAP);
  expect(await countKeys(`${DRAINERS_PREFIX}a/`)).toBe(0);
});
