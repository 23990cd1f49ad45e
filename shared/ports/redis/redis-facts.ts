/** What a Redis says of itself. */
import type { Redis } from "ioredis";

const LEAST_VERSION = 7;
/** How much of Redis's memory may be objects; the rest is the queues', and what Redis needs to write its file anew. */
const SHARE_OF_MAXMEMORY = 0.5;
const SHARE_OF_HOST = 0.25;

export interface RedisFacts {
  /** `Redis 7.0.15` or `Valkey 8.1.0`. */
  readonly name: string;
  /** The version of Redis whose commands it has. */
  readonly version: string;
  readonly isCluster: boolean;
  readonly isReplica: boolean;
  /** Whether it keeps an append-only file. */
  readonly appendOnly: boolean;
  /** Whether its last write to that file succeeded. */
  readonly isWriting: boolean;
  readonly usedBytes: number;
  /** `maxmemory`; 0 where none is set. */
  readonly mostBytes: number;
  readonly hostBytes: number;
  /** `maxmemory-policy`. */
  readonly eviction: string;
}

export async function readFacts(redis: Redis): Promise<RedisFacts> {
  const info = await redis.info();
  const field = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, "m").exec(info)?.[1] ?? "";
  const version = field("redis_version");
  const valkey = field("valkey_version");
  return {
    name: valkey === "" ? `Redis ${version}` : `Valkey ${valkey}`,
    version,
    isCluster: field("cluster_enabled") === "1",
    isReplica: field("role") === "slave",
    appendOnly: field("aof_enabled") === "1",
    isWriting: field("aof_last_write_status") !== "err",
    usedBytes: Number(field("used_memory")),
    mostBytes: Number(field("maxmemory")),
    hostBytes: Number(field("total_system_memory")),
    eviction: field("maxmemory_policy"),
  };
}

/** What a job needs of a Redis that this one is not, as expected and received; undefined where it is all of it. */
export function unfit({
  name,
  version,
  isCluster,
  isReplica,
  eviction,
  mostBytes,
}: RedisFacts): readonly [expected: string, received: string] | undefined {
  if (Number.parseInt(version, 10) < LEAST_VERSION)
    return [`Redis ${LEAST_VERSION} or later, or Valkey`, name];
  if (isCluster) return ["one server", "a cluster"];
  if (isReplica) return ["the primary", "a replica"];
  if (eviction.startsWith("allkeys") && mostBytes > 0)
    return ["one that evicts nothing (maxmemory-policy noeviction)", `maxmemory-policy ${eviction}`];
  return undefined;
}

/** How many bytes of objects a store in it may have. */
export function mostObjectBytes({ mostBytes, hostBytes }: RedisFacts): number {
  return Math.floor(mostBytes > 0 ? SHARE_OF_MAXMEMORY * mostBytes : SHARE_OF_HOST * hostBytes);
}
