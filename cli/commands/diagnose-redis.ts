/** What `doctor` looks at where there is a Redis in place of a stack. */
import { randomUUID } from "node:crypto";
import { MachineKeys } from "../../client/cloud/machine-keys.ts";
import { REDIS_PASSWORD } from "../../client/redis/redis-env.ts";
import { namedStore } from "../../shared/ports/redis/named-store.ts";
import { type RedisFacts, readFacts } from "../../shared/ports/redis/redis-facts.ts";
import { openRedis, type RedisHub } from "../../shared/ports/redis/redis-ports.ts";
import { RedisQueue } from "../../shared/ports/redis/redis-queue.ts";
import { RedisStore } from "../../shared/ports/redis/redis-store.ts";
import { type RedisPlace, redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { isForbidden } from "../../shared/ports/redis/scripts.ts";
import { makeShared } from "../../shared/ports/redis/shared-folder.ts";
import { isInRedis, openStore, storeName, storePlace } from "../../shared/ports/redis/store-url.ts";
import { count } from "../../shared/validation/counted.ts";
import { describeError, isPermanent } from "../../shared/validation/errors.ts";
import { roughly } from "../../shared/validation/roughly.ts";
import { queuesText } from "../terminal/queues-text.ts";
import { bytes } from "../terminal/text.ts";
import { storeFinding } from "./diagnose-sqs.ts";
import type { Finding, Found } from "./finding.ts";

export interface RedisOptions {
  readonly redis: string;
  /** What `--store` says. */
  readonly store?: string | undefined;
}

interface Looked {
  readonly hub: RedisHub;
  readonly place: RedisPlace;
  readonly facts: RedisFacts;
  readonly store: string | undefined;
}

/** A clock that differs by more places bars on timelines, and durations until a deadline, visibly wrong. */
const MOST_SKEW_MS = 2_000;

/** Throws InvalidInputError for a URL that cannot be one. */
export async function diagnoseRedis({ redis: url, store }: RedisOptions): Promise<Finding[]> {
  const place = redisPlace(url, process.env[REDIS_PASSWORD]);
  if (store !== undefined) storePlace(store);
  let hub: RedisHub;
  try {
    hub = await openRedis(place);
  } catch (error) {
    if (!isPermanent(error)) throw error;
    return [{ check: "redis", state: "problem", text: describeError(error) }];
  }
  try {
    const facts = await readFacts(hub.redis);
    const findings: Finding[] = [{ check: "redis", state: "ok", text: `${facts.name} at ${place.shown}` }];
    for (const [check, look] of Object.entries(CHECKS)) {
      const found = await look({ hub, place, facts, store }).catch(refused);
      findings.push({ check, ...found });
    }
    return findings;
  } finally {
    await hub.close();
  }
}

function refused(error: unknown): Found {
  if (!isForbidden(error)) throw error;
  return {
    state: "problem",
    text: describeError(error),
    advice: "docs/machines.md, Security, has what a user needs.",
  };
}

const CHECKS: Readonly<Record<string, (looked: Looked) => Promise<Found>>> = {
  async persistence({ facts: { appendOnly, isWriting }, hub: { redis } }) {
    if (!appendOnly)
      return {
        state: "warning",
        text: "it keeps no append-only file: with its process, all jobs and messages end",
        advice: "Set `appendonly yes` in redis.conf, or say `redis-cli config set appendonly yes`.",
      };
    if (!isWriting)
      return {
        state: "problem",
        text: "its last write to the append-only file failed",
        advice: "Look at its log, and at the room on its disk.",
      };
    // A user may not be allowed to ask.
    const [, fsync] = (await redis.config("GET", "appendfsync").catch(() => [])) as string[];
    const loss =
      fsync === "always"
        ? ": a power cut loses nothing"
        : fsync === "no"
          ? ", written when the system likes: a power cut loses half a minute"
          : ": a power cut loses a second";
    return { state: "ok", text: `an append-only file${fsync ? loss : ""}` };
  },

  async eviction({ facts: { eviction } }) {
    if (eviction === "noeviction") return { state: "ok", text: "it evicts nothing" };
    return {
      state: "warning",
      text: `maxmemory-policy is ${eviction}: short of memory it drops keys in place of refusing more`,
      advice: "Set `maxmemory-policy noeviction`.",
    };
  },

  async memory({ facts: { usedBytes, mostBytes, hostBytes } }) {
    if (mostBytes > 0) return { state: "ok", text: `${bytes(usedBytes)} of ${bytes(mostBytes)} used` };
    return {
      state: "warning",
      text: `${bytes(usedBytes)} used, and no maxmemory: it may take all of its host's ${bytes(hostBytes)}`,
      advice: "Set `maxmemory`: half of it is for objects.",
    };
  },

  async user({ hub, place }) {
    await tryQueue(hub);
    const who = place.user ?? "default";
    const job = `object:jobs/doctor-${randomUUID()}/job.json`;
    const work = ["chunks", "chunks-dead", "results", "results-dead", "objects", "objects:bytes", job];
    const lacking = await notItsToWrite(hub, [...work, `machine:doctor-${randomUUID()}`]);
    if (lacking.length > 0)
      return {
        state: "problem",
        text: `user ${who} may not write ${lacking.join(", ")}`,
        advice: "docs/machines.md, Security, has what a user needs.",
      };
    const rest = await notItsToWrite(hub, ["store", `object:kernels/doctor-${randomUUID()}`]);
    const posts =
      rest.length === 0 ? "bring kernels, post jobs, and work on them" : "work on jobs, and bring no kernel";
    return { state: "ok", text: `user ${who} may ${posts}` };
  },

  async store({ hub, store }) {
    const named = await namedStore(hub.redis);
    const wanted = store === undefined ? named : storePlace(store);
    if (named && wanted && storeName(named) !== storeName(wanted))
      return {
        state: "problem",
        text: `its jobs have their objects in ${storeName(named)}, and not in ${storeName(wanted)}`,
        advice: "Say that store, or none.",
      };
    const place = wanted ?? { kind: "redis" };
    if (place.kind === "folder" && !named) makeShared(place.path);
    const keys = new MachineKeys();
    const opened = openStore(place, hub.redis, keys.openBucket);
    try {
      const found = await storeFinding(opened.store, isInRedis(place) ? "Redis" : storeName(place));
      if (found.state !== "ok" || !isInRedis(place)) return found;
      const room = await new RedisStore(hub.redis).room();
      return {
        ...found,
        text: `${found.text}; ${bytes(room.bytes)} of at most ${bytes(room.mostBytes)} of objects`,
      };
    } finally {
      opened.close();
      await keys.close();
    }
  },

  async clock({ hub: { redis } }) {
    const beforeMs = Date.now();
    const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
    const skewMs = Math.abs(1000 * seconds + micros / 1000 - (beforeMs + Date.now()) / 2);
    if (skewMs <= MOST_SKEW_MS) return { state: "ok", text: "its clock and this machine's agree" };
    return {
      state: "warning",
      text: `its clock and this machine's differ by ${roughly(skewMs)}`,
      advice:
        "Jobs go on by its clock alone; bars on the timeline are moved by the difference. Set the wrong one by NTP.",
    };
  },

  async queues({ hub: { chunks, results } }) {
    const [toDo, done] = await Promise.all([chunks.depth(), results.depth()]);
    return { state: "ok", text: queuesText(toDo, done) };
  },

  async "dead letters"({ hub: { deadChunks, deadResults } }) {
    const [chunks, results] = await Promise.all([deadChunks.depth(), deadResults.depth()]);
    const text = `${count(chunks.waiting + chunks.inFlight)} of chunks, ${count(results.waiting)} of reports`;
    if (results.waiting === 0) return { state: "ok", text };
    return {
      state: "problem",
      text,
      advice: "The machines that aggregate could not handle these reports: see their logs.",
    };
  },
};

/** All that is done with a queue, on one of its own; rejects with NOPERM. */
async function tryQueue({ redis }: RedisHub): Promise<void> {
  const name = `doctor:${randomUUID()}`;
  const queue = new RedisQueue(redis, () => redis, { name, consumer: "doctor" });
  try {
    await queue.send(["doctor"]);
    const [message] = await queue.receive(1, 0);
    if (!message) return;
    await queue.postpone(message, 60_000);
    await queue.release([message], 60_000);
    await queue.acknowledge([message]);
    await queue.depth();
  } finally {
    const keys = ["", ":delayed", ":hidden"].map((suffix) => `manyhands:${name}${suffix}`);
    await redis.del(...keys).catch(() => {});
  }
}

/** Which of these keys the user may not write; none is changed. */
async function notItsToWrite({ redis }: RedisHub, names: readonly string[]): Promise<string[]> {
  const lacking: string[] = [];
  for (const name of names) {
    // Removes an entry that no stream has; a key of another kind refuses it for that.
    const isRefused = await redis.call("XDEL", `manyhands:${name}`, "0-1").then(
      () => false,
      (error) => isForbidden(error),
    );
    if (isRefused) lacking.push(`manyhands:${name}`);
  }
  return lacking;
}
