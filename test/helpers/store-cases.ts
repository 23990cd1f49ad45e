/** What every store does, whatever it is made of. */
import { expect, test } from "vitest";
import type { Store } from "../../shared/ports/store.ts";
import { TooLargeError } from "../../shared/validation/errors.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const listed = async (store: Store, prefix: string) => {
  const keys: string[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  return keys;
};
const MEGABYTE = 2 ** 20;

/** `open` gives an empty one. */
export function storeCases(open: () => Promise<Store>): void {
  test("gives back what was put, and undefined for what was not", async () => {
    const store = await open();
    await store.put("jobs/a/array/escape_time/c/0/0", bytes("hello"));
    expect(Buffer.from((await store.get("jobs/a/array/escape_time/c/0/0"))!).toString()).toBe("hello");
    expect(await store.get("jobs/a/array/escape_time/c/0/1")).toBeUndefined();
  });

  test("gives no object that has more bytes than whoever asks can use", async () => {
    const store = await open();
    await store.put("jobs/a/job.json", new Uint8Array(1001));
    await expect(store.get("jobs/a/job.json", 1000)).rejects.toThrow(TooLargeError);
    expect((await store.get("jobs/a/job.json", 1001))?.length).toBe(1001);
  });

  test("replaces an object whole, by a shorter or an empty one too", async () => {
    const store = await open();
    await store.put("k", bytes("long content"));
    await store.put("k", bytes("short"));
    expect(Buffer.from((await store.get("k"))!).toString()).toBe("short");
    await store.put("k", new Uint8Array());
    expect((await store.get("k"))?.length).toBe(0);
  });

  test("stores an object only where there is none, and leaves the one that is there", async () => {
    const store = await open();
    for (const first of [bytes("first"), new Uint8Array(9 * MEGABYTE).fill(1)]) {
      const key = `jobs/a/${first.length}`;
      expect(await store.putIfAbsent(key, first)).toBe("stored");
      expect(await store.putIfAbsent(key, bytes("second"))).toBe("exists");
      expect(await store.putIfAbsent(key, new Uint8Array(9 * MEGABYTE))).toBe("exists");
      expect(Buffer.compare((await store.get(key))!, first)).toBe(0);
      await store.put(key, bytes("replaced all the same"));
      expect(Buffer.from((await store.get(key))!).toString()).toBe("replaced all the same");
    }
    expect((await listed(store, "jobs/")).length).toBe(2);
  });

  test("of many writers of one key at the same moment one stores", async () => {
    const store = await open();
    for (const size of [100, 9 * MEGABYTE]) {
      const writers = [1, 2, 3, 4].map((writer) => new Uint8Array(size).fill(writer));
      const puts = await Promise.all(writers.map((object) => store.putIfAbsent(`k${size}`, object)));
      expect(puts.toSorted()).toEqual(["exists", "exists", "exists", "stored"]);
      const winner = writers[puts.indexOf("stored")]!;
      expect(Buffer.compare((await store.get(`k${size}`))!, winner)).toBe(0);
    }
  });

  test("lists keys by prefix in the order of their bytes, across what S3 calls pages", async () => {
    const store = await open();
    const keys = ["a/1", "a/10", "a/2", "a-b/1", "a/3/x", "b/1"];
    for (const key of keys) await store.put(key, bytes("x"));
    expect(await listed(store, "a/")).toEqual(["a/1", "a/10", "a/2", "a/3/x"]);
    expect(await listed(store, "a/1")).toEqual(["a/1", "a/10"]);
    expect(await listed(store, "none/")).toEqual([]);
    await Promise.all(Array.from({ length: 1050 }, (_, k) => store.put(`many/${k}`, bytes("x"))));
    expect((await listed(store, "many/")).length).toBe(1050);
  }, 20_000);

  test("stores a stream larger than one part, and an empty one", async () => {
    const store = await open();
    const part = new Uint8Array(3 * MEGABYTE).fill(7);
    await store.putStream(
      "big",
      (async function* () {
        for (let k = 0; k < 6; k++) yield part;
      })(),
    );
    const stored = await store.get("big");
    expect(stored?.length).toBe(18 * MEGABYTE);
    expect(stored?.every((byte) => byte === 7)).toBe(true);
    await store.putStream("empty", (async function* () {})());
    expect((await store.get("empty"))?.length).toBe(0);
  }, 20_000);

  test("leaves no object behind where a stream breaks off", async () => {
    const store = await open();
    const broken = store.putStream(
      "broken",
      (async function* () {
        yield new Uint8Array(10 * MEGABYTE);
        throw new Error("the source broke");
      })(),
    );
    await expect(broken).rejects.toThrow("the source broke");
    expect(await store.get("broken")).toBeUndefined();
    expect(await listed(store, "b")).toEqual([]);
  });
}
