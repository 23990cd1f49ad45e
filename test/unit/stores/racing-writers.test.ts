import { once } from "node:events";
import { linkSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, test, vi } from "vitest";
import { FileStore } from "../../../shared/ports/file/file-store.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

vi.mock("node:fs", async (load) => {
  const fs = await load<typeof import("node:fs")>();
  return { ...fs, linkSync: vi.fn(fs.linkSync) };
});

const KEYS = Array.from({ length: 60 }, (_, k) => `jobs/j/array/escape_time/c/${k % 8}/${k}`);
const SIZE = 100_000;
const WRITER = join(import.meta.dirname, "../../fixtures/put-if-absent.ts");

test("of two threads that store the same file at the same moment one succeeds, with its whole object", async () => {
  const folder = temporaryFolder();
  const barrier = new Int32Array(new SharedArrayBuffer(4));
  const writers = [1, 2];
  const outcomes = await Promise.all(
    writers.map(async (writer) => {
      const workerData = { folder, keys: KEYS, size: SIZE, writer, writers: writers.length, barrier };
      const [puts] = await once(new Worker(WRITER, { workerData }), "message");
      return puts as string[];
    }),
  );
  const store = new FileStore({ "": folder });
  for (const [k, key] of KEYS.entries()) {
    const puts = outcomes.map((all) => all[k]);
    expect(puts.toSorted()).toEqual(["exists", "stored"]);
    const winner = new Uint8Array(SIZE).fill(writers[puts.indexOf("stored")]!);
    expect(Buffer.compare((await store.get(key))!, winner)).toBe(0);
  }
  expect(readdirSync(folder, { recursive: true }).filter((path) => `${path}`.endsWith(".tmp"))).toEqual([]);
});

const failing = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};

describe.each(["EPERM", "ENOTSUP", "ENOSYS"])("on a file system that answers %s to a hard link", (code) => {
  test("an object is stored whole, and left alone where there is one", async () => {
    vi.mocked(linkSync).mockImplementation(failing(code));
    const folder = temporaryFolder();
    const store = new FileStore({ "": folder });
    expect(await store.putIfAbsent("k", Buffer.from("first"))).toBe("stored");
    expect(await store.putIfAbsent("k", Buffer.from("second"))).toBe("exists");
    expect(readdirSync(folder)).toEqual(["k"]);
    expect(Buffer.from((await store.get("k"))!).toString()).toBe("first");
    vi.mocked(linkSync).mockReset();
  });
});

test("any other failure of a link is one of the write, and leaves nothing behind", async () => {
  vi.mocked(linkSync).mockImplementation(failing("EIO"));
  const folder = temporaryFolder();
  const written = new FileStore({ "": folder }).putIfAbsent("k", Buffer.from("first"));
  await expect(written).rejects.toThrow("EIO");
  expect(readdirSync(folder)).toEqual([]);
  vi.mocked(linkSync).mockReset();
});

test("a folder where an object should go is no object that exists", async () => {
  const folder = temporaryFolder();
  const store = new FileStore({ "": folder });
  await store.put("k/below", Buffer.from("x"));
  await expect(store.putIfAbsent("k", Buffer.from("x"))).rejects.toThrow(/\/k to be a file, got a folder\.$/);
  expect(readdirSync(folder)).toEqual(["k"]);
});
