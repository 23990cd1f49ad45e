/** Workers on this machine for a Redis, and an aggregator beside them. */
import { availableParallelism, hostname } from "node:os";
import BUILD from "#build";
import type { Inbox } from "../../shared/ports/queue.ts";
import type { RedisPlace } from "../../shared/ports/redis/redis-url.ts";
import { DEFAULT_CHECK_AFTER_SECONDS, ENV, type UploadPolicy } from "../../shared/validation/env.ts";
import { REDIS_HUB } from "../../tools/bundling/dist.ts";
import { awsSettings } from "../cloud/aws-settings.ts";
import { MachineKeys } from "../cloud/machine-keys.ts";
import { kernels } from "../kernels/loader.ts";
import { beginRole } from "./aggregator-slot.ts";
import { AtWork } from "./at-work.ts";
import type { Environment } from "./fresh-slots.ts";
import { beginBeat } from "./machines.ts";
import { onceReady } from "./once-ready.ts";
import { type StandingOptions, standBy } from "./standing-worker.ts";

export interface AtRedisOptions extends Omit<StandingOptions, "atWork"> {
  /** What `--store` said; without it, the store that the Redis names. */
  readonly store?: string | undefined;
  readonly kernelUploads: UploadPolicy;
}

/** A round trip is short beside them, and few enough wait for a slot that is killed. */
const MOST_TOGETHER = 100;
/** A Redis that is away may never answer; then what it is not told is what it forgets by itself. */
const FAREWELL_MS = 2_000;

/**
 * Takes messages of a Redis until the signal is aborted, and waits for one that is not there, before and between. Tells of itself under its
 * name meanwhile, and aggregates reports as any machine may. Throws InvalidInputError where the Redis refuses, and where another machine
 * has the name.
 * @example
 * await standByRedis(redisPlace("redis://hub"), { name, workers: 4, kernelUploads: "wasm", logFolder, signal, onNews });
 */
export async function standByRedis(place: RedisPlace, options: AtRedisOptions): Promise<void> {
  const { name, store, workers, onNews, kernelUploads, logFolder } = options;
  const signal = options.stop ? AbortSignal.any([options.signal, options.stop]) : options.signal;
  const { openRedis } = await import("../../shared/ports/redis/redis-ports.ts");
  const { namedStore } = await import("../../shared/ports/redis/named-store.ts");
  const { storePlace } = await import("../../shared/ports/redis/store-url.ts");
  const keys = new MachineKeys();
  const opening = openRedis(place, {
    ...{ store, consumer: name, isPatient: true, signal, openS3: keys.openBucket },
    onLost: (sentence) => onNews({ kind: "trouble", sentence }),
    onBack: (sentence) => onNews({ kind: "answered", sentence }),
  });
  const hub = await opening.catch((error: unknown) => {
    if (signal.aborted) return undefined; // it was told to end before there was a Redis
    throw error;
  });
  if (!hub) return;
  const atWork = new AtWork();
  let kept = store === undefined ? undefined : storePlace(store);
  const environment = async () => {
    kept ??= await namedStore(hub.redis);
    const ofBucket = kept?.kind === "s3" ? await keys.environment() : {};
    return { ...hubEnvironment(place, { store, consumer: name }), ...ofBucket };
  };
  try {
    const names = [...(await kernels.keys())];
    const since = Date.now();
    const endBeat = await beginBeat(hub.redis, () => ({
      ...{ name, host: hostname(), pid: process.pid, version: BUILD.version, language: "node" },
      ...{
        cpus: availableParallelism(),
        workers,
        kernels: names,
        uploads: kernelUploads,
        since,
        at: [...atWork.now],
      },
    }));
    const [chunks, results, deadChunks] = [hub.chunks, hub.results, hub.deadChunks].map((inbox) =>
      onceReady(inbox, environment),
    ) as [Inbox, Inbox, Inbox];
    const role = { name: `${name}-aggregator`, logFolder, environment };
    const endRole = await beginRole({ results, deadChunks }, role);
    try {
      const inWorkers = async () => ({ ...(await environment()), [ENV.kernelUploads]: kernelUploads });
      await standBy(
        { inbox: chunks, environment: inWorkers, mostTogether: MOST_TOGETHER },
        { ...options, atWork },
      );
    } finally {
      await Promise.all([soon(endRole()), soon(endBeat())]);
    }
  } finally {
    await soon(hub.close());
    await keys.close();
  }
}

/** What a slot needs in its environment to reach a Redis, as the receiver of its events. */
function hubEnvironment(
  { url }: RedisPlace,
  { store, consumer }: { readonly store?: string | undefined; readonly consumer: string },
): Environment {
  return {
    ...awsSettings(),
    ...(process.env[ENV.plain] && { [ENV.plain]: "1" }),
    [ENV.hub]: JSON.stringify({ file: REDIS_HUB, url, store, consumer }),
    [ENV.checkAfterSeconds]: `${DEFAULT_CHECK_AFTER_SECONDS}`,
  };
}

/** Waits for it, but not for ever. */
async function soon(ending: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FAREWELL_MS);
  await Promise.race([ending.catch(() => {}), late]);
  clearTimeout(timer);
}
