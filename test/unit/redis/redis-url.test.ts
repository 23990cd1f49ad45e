import { inspect } from "node:util";
import { expect, test } from "vitest";
import { redisPlace } from "../../../shared/ports/redis/redis-url.ts";
import { storeName, storePlace } from "../../../shared/ports/redis/store-url.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";

const refusalOf = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return (error as Error).message;
  }
  throw new Error("Expected a refusal.");
};

test("a URL names host, port, database, user and TLS", () => {
  expect({ ...redisPlace("redis://hub") }).toEqual({
    ...{ host: "hub", port: 6379, db: 0, user: undefined, tls: false },
    shown: "redis://hub:6379",
  });
  expect({ ...redisPlace("rediss://boss:s%2Fcret@[::1]:7000/3") }).toEqual({
    ...{ host: "::1", port: 7000, db: 3, user: "boss", tls: true },
    shown: "rediss://boss@[::1]:7000/3",
  });
});

test("the password comes from the URL, else from the environment, and its URL names the same place", () => {
  expect(redisPlace("redis://:a%40b@hub", "other").password).toBe("a@b");
  expect(redisPlace("redis://hub", "other").password).toBe("other");
  expect(redisPlace("redis://hub", "").password).toBeUndefined();
  for (const url of ["redis://hub:6379", "redis://:a%40b@hub:1", "rediss://u%3A:p%2F@[::1]:7000/3"])
    expect(redisPlace(url).url).toBe(url);
});

test("a place is printed, and made JSON of, without its password", () => {
  const place = redisPlace("redis://boss:secret@hub");
  expect(`${inspect(place, { showHidden: true })} ${JSON.stringify(place)}`).not.toContain("secret");
});

test.each([
  "",
  "hub",
  "hub:6379",
  "http://hub",
  "redis://",
  "redis://hub:99999",
  "redis://hub/x",
  "redis://hub?db=1",
  "redis://hub#1",
  "redis://u:secr%et@hub",
  "redis://u:se/cr:et@hub",
  "redis://u:se#cret@hub",
  "redis:/u:secret@hub",
  "u:secret@hub",
])("%j is refused, and a password in it is not shown", (url) => {
  const sentence = refusalOf(() => redisPlace(url));
  expect(sentence).toMatch(/^Expected --redis to be a URL .*, got ".*"\.$/);
  expect(sentence).not.toMatch(/se.?cr/);
});

test("a store is Redis, a bucket with or without a prefix, or a folder", () => {
  const named = (text: string) => storeName(storePlace(text));
  expect(["redis", "s3://bucket", "s3://bucket/", "s3://bucket/a/b/", "/mnt/shared/"].map(named)).toEqual([
    ...["redis", "s3://bucket", "s3://bucket", "s3://bucket/a/b", "/mnt/shared"],
  ]);
  expect(storePlace("s3://bucket/a/b/")).toEqual({ kind: "s3", bucket: "bucket", prefix: "a/b/" });
  for (const text of ["", "s3://", "s3://Bucket", "shared", "./shared", "gs://bucket", "redis://hub"])
    expect(refusalOf(() => storePlace(text))).toMatch(/^Expected --store to be /);
});
