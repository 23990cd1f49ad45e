import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SQSBatchResponse } from "aws-lambda";
import { build, type Plugin } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { EventSource } from "../../client/local/event-source.ts";
import { inEvents } from "../../client/local/function-events.ts";
import { localInbox } from "../../client/local/local-inbox.ts";
import { makePools } from "../../client/local/pools.ts";
import { queueDepth } from "../../client/local/queue-depth.ts";
import type { Finished } from "../../functions/aggregator/finish.ts";
import { STAGES } from "../../shared/build/bundling.ts";
import { type Bundles, buildOptions, ensureBundles } from "../../tools/bundling/bundles.ts";
import { emulatedCloud } from "../helpers/emulator.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const RAISED = /\b(CHUNK_MESSAGE_VERSION|REPORT_VERSION|SINGLE_VALUE_VERSION) = [12];/g;

/** The stages as a release whose messages have one version more. */
async function nextRelease(now: Bundles): Promise<Bundles> {
  const folder = temporaryFolder();
  const raised: string[] = [];
  const raise: Plugin = {
    name: "raise-versions",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\/shared\/.*\.ts$/ }, ({ path }) => {
        const contents = readFileSync(path, "utf8").replace(RAISED, (_, name) => {
          raised.push(name);
          return `${name} = 3;`;
        });
        return { contents, loader: "ts" };
      }),
  };
  const { stages } = buildOptions(folder);
  const entryPoints = (stages.entryPoints as { in: string; out: string }[]).filter(({ out }) =>
    STAGES.some((stage) => out.startsWith(`${stage}/`)),
  );
  await build({ ...stages, entryPoints, plugins: [raise, ...(stages.plugins ?? [])] });
  expect(raised.toSorted()).toEqual(["CHUNK_MESSAGE_VERSION", "REPORT_VERSION", "SINGLE_VALUE_VERSION"]);
  const built = STAGES.map((stage) => [stage, join(folder, stage, "index.js")]);
  return { ...now, ...Object.fromEntries(built) };
}

/** Both releases around the same queues. A stage that hands something back is updated then, if it is not already. */
async function twoReleases() {
  const { cloud, folder } = await emulatedCloud();
  const bundles = await ensureBundles();
  const options = { folder, workers: 1, timeoutMs: 30_000, retryAfterSeconds: 0, environment: {} };
  const now = makePools(options, bundles, cloud);
  const next = makePools(options, await nextRelease(bundles), cloud);
  const handedBack = { worker: 0, aggregator: 0 };
  const { promise: finished, resolve, reject } = Promise.withResolvers<Finished>();
  const run = (release: typeof now) => {
    const at = { worker: release.worker, aggregator: release.aggregator };
    const invoke = (stage: keyof typeof at) => async (event: unknown) => {
      const answer = (await at[stage].invoke(event)) as SQSBatchResponse & { finished?: Finished[] };
      const { length } = answer.batchItemFailures;
      handedBack[stage] += length;
      if (length > 0) at[stage] = next[stage];
      for (const job of answer.finished ?? []) resolve(job);
      return answer;
    };
    const { sqs, queues } = cloud;
    const from = (queue: keyof typeof queues, batchSize: number, invoke: Parameters<typeof inEvents>[0]) =>
      new EventSource({
        ...{ inbox: localInbox(sqs, queues[queue]), batchSize, batchingWindowMs: 0, maximumConcurrency: 1 },
        work: inEvents(invoke),
      });
    const refuse = async (event: unknown) =>
      reject(new Error(`Expected no dead letters, got ${JSON.stringify(event)}`));
    const sources = [
      from("chunks", 1, invoke("worker")),
      from("results", 10, invoke("aggregator")),
      from("deadLetters", 1, refuse),
      from("resultDeadLetters", 1, refuse),
    ];
    for (const source of sources) source.start();
    onTestFinished(async () => {
      await Promise.all([...Object.values(now), ...Object.values(next)].map((pool) => pool.close()));
      await Promise.all(sources.map((source) => source.stop()));
    });
  };
  const depths = () => Promise.all(Object.values(cloud.queues).map((queue) => queueDepth(cloud.sqs, queue)));
  return { now, next, run, finished, handedBack, depths, rejected: join(folder, "rejected") };
}

const REQUEST = {
  ...{ kernel: "mandelbrot", requestId: "j", chunk: [100, 100], chunksPerMessage: 5 },
  output: { plots: false },
};

test("a new splitter beside an old worker and an old aggregator loses nothing: they hand back until they are updated", async () => {
  const { now, next, run, finished, handedBack, depths, rejected } = await twoReleases();
  run(now);
  expect(await next.splitter.invoke(REQUEST)).toMatchObject({ chunks: 25, messages: 5 });
  const { summary } = await finished;
  expect(summary).toMatchObject({ state: "complete", failedAttempts: 0, sum: 51_214_485 });
  expect(handedBack.worker).toBeGreaterThan(0);
  expect(handedBack.aggregator).toBeGreaterThan(0);
  expect(existsSync(rejected)).toBe(false);
  expect((await depths()).map(({ waiting }) => waiting)).toEqual([0, 0, 0, 0]);
});

test("an old splitter beside a new worker and a new aggregator works as ever", async () => {
  const { now, next, run, finished, handedBack, rejected } = await twoReleases();
  run(next);
  await now.splitter.invoke(REQUEST);
  expect((await finished).summary).toMatchObject({ state: "complete", failedAttempts: 0, sum: 51_214_485 });
  expect(handedBack).toEqual({ worker: 0, aggregator: 0 });
  expect(existsSync(rejected)).toBe(false);
});
