import { EventEmitter } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { Progress } from "../../../api/progress.ts";
import { mountsOf } from "../../../client/engines/engine.ts";
import { serial } from "../../../client/engines/serial.ts";
import { seededRandom } from "../../../client/local/seeded-random.ts";
import { resumption } from "../../../shared/messages/resumption.ts";
import { S3Store } from "../../../shared/ports/aws/s3-store.ts";
import { FileStore } from "../../../shared/ports/file/file-store.ts";
import { removeTemporaries } from "../../../shared/ports/file/temporaries.ts";
import { sameBytes, storedArray } from "../../helpers/arrays.ts";
import { awsClient } from "../../helpers/aws-clients.ts";
import { emulatedCloud } from "../../helpers/emulator.ts";
import { diskAfter, type Found, noteFlushOfAll, type Operation, recorded } from "../../helpers/power-cut.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

vi.mock("node:fs", async (load) => {
  const { recording } = await import("../../helpers/power-cut.ts");
  return recording(await load<typeof import("node:fs")>());
});

const sync = vi.hoisted(() => ({ isThere: true }));
vi.mock("node:child_process", async (load) => ({
  ...(await load<typeof import("node:child_process")>()),
  spawn: () => {
    const program = new EventEmitter();
    if (sync.isThere) noteFlushOfAll();
    process.nextTick(() => program.emit("close", sync.isThere ? 0 : 1));
    return program;
  },
}));

/** Jobs here are small; those that are flushed at once are taken for large ones. */
vi.mock("../../../shared/ports/file/flush.ts", async (load) => {
  const real = await load<typeof import("../../../shared/ports/file/flush.ts")>();
  return { ...real, flushTree: (folder: string) => real.flushTree(folder, sync.isThere ? 0 : undefined) };
});

const CHUNKS = 4;
const BESIDE_CHUNKS = [
  "job.json",
  "array/zarr.json",
  "array/escape_time/zarr.json",
  "array/x/zarr.json",
  "array/x/c/0",
];
const AXIS = { from: -1, to: 1, count: 10 };
const REQUEST = {
  ...{ kernel: "mandelbrot", grid: { axes: [AXIS, AXIS] }, chunk: [5, 5] as [number, number] },
  ...{ chunksPerMessage: 1, output: { plots: false } },
};

function go(folder: string, request: Parameters<typeof serial>[0]["request"]) {
  const signal = new AbortController().signal;
  return serial({ jobId: "j", request, folder, workers: 1, progress: new Progress(CHUNKS, 100), signal });
}

const store = (folder: string) => new FileStore(mountsOf("j", folder));

/** A run of the job in a folder that it makes itself, with what it did to the disk. */
async function recordedRun() {
  const disk = temporaryFolder();
  const folder = join(disk, "results/j");
  const operations = await recorded(disk, () => go(folder, REQUEST));
  return { disk, folder, operations, array: await storedArray(store(folder), "j") };
}

/** What a run must keep whatever happens: whole, and nothing else. */
function expectSure(possible: Found[], path: string): void {
  expect(
    new Set(possible.map((found) => (Buffer.isBuffer(found) ? found.toString("hex") : found))).size,
    path,
  ).toBe(1);
  expect(Buffer.isBuffer(possible[0]) && possible[0].length > 0, path).toBe(true);
}

const isComplete = (found: Found) => {
  try {
    return Buffer.isBuffer(found) && JSON.parse(found.toString()).state === "complete";
  } catch {
    return false;
  }
};

/**
 * At each moment, a reader that finds a chunk finds its job, and one that finds a complete summary finds all of the
 * job.
 */
function expectPromises(
  folder: string,
  operations: readonly Operation[],
  before?: ReadonlyMap<string, Found>,
): void {
  const chunks = Array.from({ length: CHUNKS }, (_, k) =>
    join(folder, `array/escape_time/c/${k >> 1}/${k & 1}`),
  );
  for (let cut = 0; cut <= operations.length; cut++) {
    const disk = diskAfter(operations.slice(0, cut), before);
    const mayBeThere = (path: string) => disk.possible(path).some(Buffer.isBuffer);
    if (chunks.some(mayBeThere)) expectSure(disk.possible(join(folder, "job.json")), "job.json");
    if (!disk.possible(join(folder, "summary.json")).some(isComplete)) continue;
    for (const path of [...chunks, ...BESIDE_CHUNKS.map((name) => join(folder, name))])
      expectSure(disk.possible(path), path);
    // A report that an earlier cut damaged stays as it is, and counts for nothing.
    const isReport = (path: string) => path.includes("/reports/") && path.endsWith(".json");
    for (const path of disk.paths)
      if (isReport(path) && !before?.has(path)) expectSure(disk.possible(path), path);
  }
}

/** One of the disks that may be left, in a folder of its own. */
function left(operations: readonly Operation[], from: string, pick: (possible: Found[]) => Found) {
  const to = temporaryFolder();
  const { paths, possible } = diskAfter(operations);
  const disk = new Map<string, Found>();
  for (const path of paths) {
    const found = pick(possible(path));
    const here = join(to, path.slice(from.length));
    if (found === undefined || !(dirname(here) === to || disk.get(dirname(here)) === "folder")) continue;
    if (found === "folder") mkdirSync(here);
    else writeFileSync(here, found);
    disk.set(here, found);
  }
  return { to, disk };
}

describe.each([
  ["everything is flushed at once", true],
  ["each file is flushed by itself", false],
])("where %s before a summary", (_, isThere) => {
  test("no summary outlasts a chunk, and no chunk its job, wherever the power is cut", async () => {
    sync.isThere = isThere;
    const { folder, operations } = await recordedRun();
    expect(operations.length).toBeGreaterThan(50);
    expectPromises(folder, operations);
    expect(diskAfter(operations).possible(join(folder, "summary.json")).every(isComplete)).toBe(true);
  });

  test("a job can be resumed from whatever is left of it, and the power may be cut again meanwhile", async () => {
    sync.isThere = isThere;
    const { disk: from, operations, array } = await recordedRun();
    let resumed = 0;
    for (let seed = 1; seed <= 25; seed++) {
      const random = seededRandom(seed);
      const oneOf = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!;
      const { to, disk } = left(operations.slice(0, Math.floor(random() * operations.length)), from, oneOf);
      const folder = join(to, "results/j");
      if (!disk.has(join(folder, "job.json"))) continue; // nothing was promised yet
      removeTemporaries(folder);
      const again = await recorded(to, async () => {
        // The second time nothing lacks.
        for (const _ of [1, 2]) {
          const { summary } = await go(folder, resumption("j"));
          expect(summary.state, `seed ${seed}`).toBe("complete");
        }
      });
      expect(sameBytes(await storedArray(store(folder), "j"), array), `seed ${seed}`).toBe(true);
      expect(
        readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tmp")),
      ).toEqual([]);
      expectPromises(folder, again, disk);
      resumed++;
    }
    expect(resumed).toBeGreaterThan(10);
  });
});

test("the embedded cloud keeps the same promise", async () => {
  sync.isThere = true;
  const { cloud, folder } = await emulatedCloud();
  const bucket = new S3Store(awsClient("s3", cloud), cloud.bucket);
  const [chunk, summary] = ["jobs/j/array/escape_time/c/0/0", "jobs/j/summary.json"];
  const operations = await recorded(folder, async () => {
    await bucket.putIfAbsent(chunk, Buffer.from("values"));
    await bucket.put(summary, Buffer.from(JSON.stringify({ state: "complete" })));
  });
  for (let cut = 0; cut <= operations.length; cut++) {
    const { possible } = diskAfter(operations.slice(0, cut));
    if (possible(join(folder, summary)).some(isComplete)) expectSure(possible(join(folder, chunk)), chunk);
  }
  expect(diskAfter(operations).possible(join(folder, summary)).every(isComplete)).toBe(true);
});
