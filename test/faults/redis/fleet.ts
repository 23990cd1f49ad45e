/** Workers for a Redis in this process, each with connections of its own, that live and die as they are told. */
import { setTimeout as sleep } from "node:timers/promises";
import { kernels } from "../../../client/kernels/loader.ts";
import { deliver } from "../../../functions/worker/deliver.ts";
import { systemClock } from "../../../shared/ports/clock.ts";
import type { Received } from "../../../shared/ports/queue.ts";
import { openRedis } from "../../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../../shared/ports/redis/redis-url.ts";

/**
 * What a worker does with a delivery: `lags` works it only once its message is another worker's, as where its beat was lost; `dies` never
 * says anything of it again, and neither does `reports`, which ends between report and acknowledgement.
 */
export type Whim = "works" | "lags" | "dies" | "reports";

export interface FleetOptions {
  readonly url: string;
  readonly workers: number;
  readonly visibilityMs: number;
  readonly whimOf: (message: Received) => Whim;
}

const IGNORE = () => {};
const LOG = { info: IGNORE, warn: IGNORE, error: IGNORE };

/** The function that it returns ends it, once nothing is at work any more. */
export function startFleet(options: FleetOptions): () => Promise<void> {
  const ending = new AbortController();
  const lanes = Array.from({ length: options.workers }, (_, k) => lane(k, options, ending.signal));
  return async () => {
    ending.abort();
    await Promise.all(lanes);
  };
}

async function lane(lane: number, options: FleetOptions, signal: AbortSignal): Promise<void> {
  for (let life = 1; !signal.aborted; life++) await live(`worker-${lane}-${life}`, options, signal);
}

/** From its start to its death, or the fleet's end. */
async function live(
  name: string,
  { url, visibilityMs, whimOf }: FleetOptions,
  signal: AbortSignal,
): Promise<void> {
  const hub = await openRedis(redisPlace(url), { isPatient: true, visibilityMs, consumer: name });
  const { store, chunks, results } = hub;
  const worker = { requestId: name, logStream: name, coldStart: false, initMs: null, elapsedMs: 1 };
  const spending = { begins: () => {}, allows: async () => "now" as const };
  const ports = { store, chunks, results, clock: systemClock, kernels, spending, inbox: chunks };
  try {
    while (!signal.aborted) {
      for (const message of await chunks.receive(1, 100)) {
        const whim = whimOf(message);
        if (whim === "dies") return;
        if (whim === "lags") await sleep(2 * visibilityMs);
        const working = { ...ports, retryAfterSeconds: 0, others: "unlike", logger: LOG } as const;
        const { retry } = await deliver(message, worker, working);
        if (whim === "reports") return;
        if (!retry) await chunks.acknowledge([message]);
      }
    }
  } finally {
    await hub.close();
  }
}
