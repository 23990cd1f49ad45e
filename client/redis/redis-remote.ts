import { setTimeout as sleep } from "node:timers/promises";
import { mayPass } from "../../shared/ports/aws/aws-error.ts";
import { openBucket } from "../../shared/ports/aws/open-bucket.ts";
import { isIdle } from "../../shared/ports/queue.ts";
import { openRedis, type RedisHub } from "../../shared/ports/redis/redis-ports.ts";
import { type RedisPlace, redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { refusal } from "../../shared/ports/redis/refusal.ts";
import { isReply } from "../../shared/ports/redis/scripts.ts";
import { quoted } from "../../shared/validation/command-line.ts";
import type { UploadPolicy } from "../../shared/validation/env.ts";
import { describeError, InvalidInputError, ManyhandsError } from "../../shared/validation/errors.ts";
import type { JobPlace } from "../jobs/job-store.ts";
import type { Faults, Remote } from "../remote/remote.ts";
import { StageError } from "../remote/stage-error.ts";
import { beginAggregating } from "../standing/aggregator-role.ts";
import { machinesOf } from "../standing/machines.ts";
import { KeptObjects } from "./kept-objects.ts";
import { REDIS_PASSWORD, REDIS_URL } from "./redis-env.ts";
import { RedisError } from "./redis-error.ts";
import { stagesOn } from "./stages.ts";

/** Looking costs nothing here. */
const PAUSES = { first: 50, usual: 1000, longest: 1000 };
/** Counts are exact; between two messages a worker has none. */
const COUNTED_MS = 2_000;
/** To give back what was received. */
const GRACE_MS = 1_000;
const DEAD_AT_ONCE = 100;
const POLL_MS = 250;
const LONGEST_POLLS = 240;

/** Opens the Redis that the options name, or the environment, and runs `use` with it. Throws InvalidInputError where it refuses, or is not there. */
export async function withRedis<Result>(
  place: JobPlace,
  use: (remote: Remote) => Promise<Result>,
): Promise<Result> {
  const at = placeOf(place);
  let tell: (isLost: boolean) => void = () => {};
  const hub = await openRedis(at, {
    ...{ store: place.store, openS3: openBucket },
    onLost: () => tell(true),
    onBack: () => tell(false),
  });
  const explain = (error: unknown) =>
    error instanceof Error && error.name === "ReplyError"
      ? new RedisError(describeError(refusal(at, error)), { cause: error })
      : error;
  const faults: Faults = {
    place: at.shown,
    explain,
    mayPass,
    onLost: (listener) => {
      tell = listener;
    },
  };
  try {
    return await use(redisRemote(hub, at, place, faults));
  } catch (error) {
    throw explain(error);
  } finally {
    await hub.close();
  }
}

function redisRemote(hub: RedisHub, { shown }: RedisPlace, { redis }: JobPlace, faults: Faults): Remote {
  const { chunks, results, deadChunks } = hub;
  const stages = stagesOn(hub);
  const { aggregate } = stages;
  const attend = () => beginAggregating({ results, deadChunks, aggregate, longestPollMs: POLL_MS });
  const inStage = async <Result>(stage: string, action: () => Promise<Result>): Promise<Result> => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ManyhandsError) || faults.mayPass(error)) throw error;
      throw new StageError(stage, error.name, describeError(error));
    }
  };
  return {
    ...faults,
    engine: "redis",
    name: shown,
    site: {
      place: shown,
      fields: { redis: shown },
      lines: [["where", shown]],
      // Never what was given: a URL may have a password.
      options: redis === undefined ? [] : ["--redis", shown],
    },
    store: new KeptObjects(hub.store, shown),
    kernels: { isThere: () => false, uploads: () => uploadsTaken(hub.redis), advice: ADVICE },
    pauses: PAUSES,
    graceMs: GRACE_MS,
    countedMs: COUNTED_MS,
    async queues() {
      const [ofChunks, ofResults] = await Promise.all([chunks.depth(), results.depth()]);
      return { chunks: ofChunks, results: ofResults };
    },
    submit: (request) => inStage("splitter", () => stages.split(request)),
    check: (check) => inStage("aggregator", () => stages.check(check)),
    redeliver: () => redeliver(hub, attend),
    cost: async () => undefined,
    unattended: async () => {
      const machines = await seenMachines(hub.redis);
      return machines?.length === 0
        ? `No machine says that it works for ${shown}: \`manyhands worker --queue ${quoted(shown)}\` starts one, here or elsewhere.`
        : undefined;
    },
    attend,
  };
}

/** Throws InvalidInputError where nothing names a Redis. */
function placeOf({ redis = process.env[REDIS_URL] || undefined }: JobPlace): RedisPlace {
  if (redis) return redisPlace(redis, process.env[REDIS_PASSWORD]);
  throw new InvalidInputError(
    "--redis",
    `the URL of a Redis, such as redis://host, or ${REDIS_URL} to have one`,
    redis === undefined ? "nothing" : "an empty one",
  );
}

/**
 * What the machines take that are there now; what they say where none is is up to those that come. A machine decides for itself: JavaScript
 * from a job could use all that its user may.
 */
async function uploadsTaken(redis: RedisHub["redis"]): Promise<UploadPolicy> {
  const machines = await seenMachines(redis);
  const taken = (policy: UploadPolicy) => machines?.some(({ uploads }) => uploads === policy);
  if (!machines?.length || taken("all")) return "all";
  return taken("wasm") ? "wasm" : "none";
}

/** Undefined where this user may not ask. */
const seenMachines = (redis: RedisHub["redis"]) =>
  machinesOf(redis).catch((error: unknown) => {
    if (!isReply(error, "NOPERM")) throw error;
    return undefined;
  });

const ADVICE =
  "The machines that are there take no such kernel, because JavaScript and Python are no sandboxes: they could use the rights of those machines' users. `manyhands worker --kernel-uploads all` starts one that does; `manyhands workers` lists them.";

/** Sends dead reports once more, and aggregates what there is. */
async function redeliver(
  { results, deadResults }: RedisHub,
  attend: () => () => Promise<void>,
): Promise<number> {
  let moved = 0;
  for (;;) {
    const dead = await deadResults.receive(DEAD_AT_ONCE, 0);
    if (dead.length === 0) break;
    moved += await results.send(dead.map(({ body }) => body));
    await deadResults.acknowledge(dead);
  }
  const end = attend();
  for (let polls = 0; polls < LONGEST_POLLS && !isIdle(await results.depth()); polls++) await sleep(POLL_MS);
  await end();
  return moved;
}
