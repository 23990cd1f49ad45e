/** The store that `--store` names, for jobs whose messages are in Redis. */
import { isAbsolute } from "node:path";
import type { Redis } from "ioredis";
import { InvalidInputError } from "../../validation/errors.ts";
import { show } from "../../validation/parse.ts";
import { type KeptStore, PrefixedStore } from "../prefixed-store.ts";
import { RedisStore } from "./redis-store.ts";
import { SharedFolder } from "./shared-folder.ts";

export type StorePlace =
  | { readonly kind: "redis" }
  | { readonly kind: "s3"; readonly bucket: string; readonly prefix: string }
  | { readonly kind: "folder"; readonly path: string };

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * What `--store` names. Throws InvalidInputError.
 * @example
 * storePlace("s3://bucket/team"); // { kind: "s3", bucket: "bucket", prefix: "team/" }
 */
export function storePlace(text: string, field = "--store"): StorePlace {
  if (text === "redis") return { kind: "redis" };
  const s3 = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(text);
  if (s3) {
    const [, bucket = "", prefix = ""] = s3;
    if (!BUCKET.test(bucket)) throw new InvalidInputError(field, "s3://<bucket>[/<prefix>]", show(text));
    return { kind: "s3", bucket, prefix: prefix && `${prefix.replace(/\/+$/, "")}/` };
  }
  if (isAbsolute(text)) return { kind: "folder", path: text.replace(/(?<=.)\/+$/, "") };
  throw new InvalidInputError(
    field,
    '"redis", s3://<bucket>[/<prefix>], or the whole path of a folder that all machines share under that path',
    show(text),
  );
}

/** The bucket that `--store` names where it can be nothing else. Throws InvalidInputError. */
export function bucketNamed(text: string, field = "--store"): string {
  const s3 = /^s3:\/\/([^/]*)\/?$/.exec(text);
  if (s3?.[1] && BUCKET.test(s3[1])) return s3[1];
  throw new InvalidInputError(field, "a bucket, as in s3://jobs", show(text));
}

/** Whether objects are in the Redis itself. */
export const isInRedis = ({ kind }: StorePlace): boolean => kind === "redis";

/** The text by which all clients and workers name one place. */
export function storeName(place: StorePlace): string {
  if (place.kind === "redis") return "redis";
  return place.kind === "folder" ? place.path : `s3://${place.bucket}/${place.prefix}`.replace(/\/$/, "");
}

export interface OpenStore {
  readonly store: KeptStore;
  close(): void;
}

/** Opens a bucket. Given by who has a client of S3, as `openBucket` does, so that no built file has a second one. */
export type OpenS3 = (bucket: string) => OpenStore;

/** Throws InvalidInputError where it is a bucket, and the caller opens none. */
export function openStore(place: StorePlace, redis: Redis, openS3?: OpenS3): OpenStore {
  if (place.kind === "redis") return { store: new RedisStore(redis), close: () => {} };
  if (place.kind === "folder") return { store: new SharedFolder(place.path), close: () => {} };
  if (!openS3) throw new InvalidInputError("--store", "no bucket", show(storeName(place)));
  const { store, close } = openS3(place.bucket);
  return { store: new PrefixedStore(store, place.prefix), close };
}
