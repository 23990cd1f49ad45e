/** A burst on the embedded cloud, metered until its last drainer has ended: engine local does not wait for that. */

import { startBuiltCloud } from "../../client/local/built-cloud.ts";
import { EventSource } from "../../client/local/event-source.ts";
import { startFunctionEndpoint } from "../../client/local/function-endpoint.ts";
import { inEvents } from "../../client/local/function-events.ts";
import type { AnsweredRequest } from "../../client/local/local-cloud.ts";
import { localInbox } from "../../client/local/local-inbox.ts";
import { Meter, type Metered } from "../../client/local/meter.ts";
import { makePools, type Pools } from "../../client/local/pools.ts";
import type { DrainOutcome } from "../../shared/burst/drain-loop.ts";
import type { DrainRequest } from "../../shared/burst/drain-request.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import type { Submission } from "../../shared/record/submission.ts";
import { idleBundles } from "../measuring/idle-bundles.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";

const MAPPED = 2;

export interface BurstJob {
  readonly drainers: number;
  readonly messages: number;
  /** How long each of them naps. */
  readonly ms: number;
  /** Whether each drainer waits for a last message, as those of former versions did. */
  readonly areKeepers: boolean;
}

export interface MeteredBurst {
  /** What the workers used: the drainers, and two of the mapping's. */
  readonly worker: Metered;
  readonly drainers: readonly DrainOutcome[];
  /** Receives of drainers that waited for a message, and brought none. */
  readonly waitsForNothing: number;
  /** Of the workers' billed time, the part that no message took (ms): starts, requests, and waiting for a last message. */
  readonly besideMs: number;
}

/** Every worker is up before the job comes: its start is no part of what is metered. */
export function meteredBurst({ drainers, messages, ms, areKeepers }: BurstJob): Promise<MeteredBurst> {
  return inTemporaryFolder(async (folder) => {
    const bundles = await idleBundles();
    const meter = new Meter(folder);
    const cloud = await startBuiltCloud(bundles.emulator, {
      ...{ folder: new Folder({ "": folder }), visibilityTimeoutSeconds: 60, maxReceiveCount: 5 },
      onAnswered: (request) => {
        meter.answered(request);
        if (isWaitForNothing(request)) waitsForNothing++;
      },
    });
    meter.watch(cloud.queues);
    let waitsForNothing = 0;
    const ended: Promise<unknown>[] = [];
    let pools: Pools | undefined;
    const drain = (event: unknown) => {
      const request: DrainRequest = { ...(event as DrainRequest), ...(areKeepers && { isKeeper: true }) };
      const ending = pools!.worker.invoke(request);
      // Invocations arrive in any order: the keeper's is the first of the outcomes.
      if (request.isKeeper) ended.unshift(ending);
      else ended.push(ending);
      return ending;
    };
    const lambda = await startFunctionEndpoint({
      ...{ secret: cloud.credentials.secretAccessKey, functions: { worker: drain } },
      ...{ maximumConcurrency: drainers, maxEventAgeMs: 60_000 },
    });
    const workers = drainers + MAPPED;
    pools = makePools(
      {
        ...{ folder, workers, burstConcurrency: drainers, timeoutMs: 60_000, retryAfterSeconds: 1 },
        environment: { AWS_ENDPOINT_URL_LAMBDA: lambda.url },
        onBilled: (stage, { durationMs }) => meter.invoked(stage, { durationMs }),
      },
      bundles,
      cloud,
    );
    const { splitter, worker } = pools;
    const source = new EventSource({
      ...{ inbox: localInbox(cloud.sqs, cloud.queues.chunks), batchSize: 1, batchingWindowMs: 0 },
      maximumConcurrency: MAPPED,
      work: inEvents((event) => worker.invoke(event)),
    });
    try {
      for (let slot = 0; slot < workers; slot++) await worker.warmOne();
      const request = { kernel: "nap", inputs: { ms }, points: [messages, 1], chunk: [1, 1] };
      source.start();
      const { drainers: started } = (await splitter.invoke({
        ...{ ...request, requestId: "burst", chunksPerMessage: 1, ramp: "burst" },
      })) as Submission;
      while (ended.length < started) await new Promise(setImmediate);
      const outcomes = (await Promise.all(ended)) as DrainOutcome[];
      const metered = structuredClone(meter.stages.worker);
      const besideMs = metered.billedMs - messages * ms;
      return { worker: metered, drainers: outcomes, waitsForNothing, besideMs };
    } finally {
      const stopping = source.stop();
      await lambda.close();
      for (const pool of Object.values(pools)) await pool.close();
      await stopping;
      await cloud.close();
    }
  });
}

/** The event source's own requests are not signed. */
function isWaitForNothing({ headers, body, answer }: AnsweredRequest): boolean {
  if (!headers.authorization || headers["x-amz-target"] !== "AmazonSQS.ReceiveMessage") return false;
  const { Messages = [] } = (answer ?? {}) as { readonly Messages?: unknown[] };
  return (body as { readonly WaitTimeSeconds: number }).WaitTimeSeconds > 0 && Messages.length === 0;
}
