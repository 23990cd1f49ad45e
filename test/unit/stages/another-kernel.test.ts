import { describe, expect, test } from "vitest";
import { split } from "../../../functions/splitter/split.ts";
import { work } from "../../../functions/worker/work.ts";
import { mandelbrot } from "../../../shared/kernels/escape-time/mandelbrot.ts";
import type { Kernels, LoadedKernel } from "../../../shared/kernels/loader.ts";
import { kernelsOf } from "../../../shared/kernels/loader.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { storedArray, storedArrays } from "../../helpers/arrays.ts";
import { fillMandelbrot, likeMandelbrot, ofDtype, testKernel } from "../../helpers/kernels.ts";
import { idleCheck, JOB_OF_4_CHUNKS, Stages } from "../../helpers/stages.ts";

const [BEFORE, AFTER] = ["00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"] as const;

/** A version of a kernel whose cells are all this number. */
const version = (hash: string, value: number): LoadedKernel => ({
  ...likeMandelbrot("mine", (_, out) => out.fill(value), ofDtype("float64")),
  hash,
});
const only = (kernel: LoadedKernel): Kernels => kernelsOf(new Map([["mine", kernel]]));

/** A job of four chunks, of which one is computed by the version that began it; then there is only another one. */
async function begun() {
  const stages = new Stages();
  const before = { ...stages.ports, kernels: only(version(BEFORE, 1)) };
  await split({ ...JOB_OF_4_CHUNKS, kernel: "mine", hash: BEFORE }, "", before);
  const bodies = stages.chunks.take();
  const workBy = (ports: typeof before) => async (body: string) => {
    const worker = { requestId: "r", logStream: "w", coldStart: false, initMs: null };
    return work(parseChunkMessage(body), { worker, receiveCount: 1 }, ports);
  };
  const [first = "", second = ""] = bodies;
  await workBy(before)(first);
  const after = { ...stages.ports, kernels: only(version(AFTER, 2)) };
  return { stages, before, after, second, workAfter: workBy(after) };
}

test("a message names the version of the kernel; a worker with another one computes nothing", async () => {
  const { stages, second, workAfter } = await begun();
  expect(parseChunkMessage(second).kernel).toBe(BEFORE);
  const from = stages.store.puts.length;
  const { failures, retry } = await workAfter(second);
  expect(failures).toMatchObject([{ final: true, error: expect.stringContaining("0011223344556677") }]);
  expect(failures[0]?.error).toContain("ffeeddccbbaa9988");
  expect(retry).toBe(false);
  expect(stages.store.puts).toHaveLength(from);
});

test("resuming by force computes the rest by the version that there is, also what is lost on the way", async () => {
  const { stages, after, workAfter } = await begun();
  for (const body of stages.results.take()) await stages.aggregate(body);
  await expect(split({ kind: "resume", jobId: "j" }, "", after)).rejects.toThrow(
    "begun by another version of it (0011223344556677)",
  );
  await split({ kind: "resume", jobId: "j", force: true }, "", after);
  const [lost = "", ...others] = stages.chunks.take();
  expect(parseChunkMessage(lost).kernel).toBe(AFTER);
  for (const body of others) expect((await workAfter(body)).failures).toEqual([]);
  stages.results.sent.splice(0, 1); // the check
  for (const body of stages.results.take()) await stages.aggregate(body);
  await stages.aggregate(idleCheck("j").replace('"round":0', '"round":1'));
  const [reissued = ""] = stages.chunks.take();
  expect(parseChunkMessage(reissued)).toMatchObject({
    ...parseChunkMessage(lost),
    ...{ kernel: AFTER, again: true, round: 1 },
  });
  expect(await workAfter(reissued)).toMatchObject({ failures: [], computed: parseChunkMessage(lost).chunks });
  let summary: unknown;
  for (const body of stages.results.take()) summary = (await stages.aggregate(body))?.summary ?? summary;
  expect(summary).toMatchObject({ state: "complete", sum: 20 + 3 * 20 * 2 });
  expect(new Set(await storedArray(stages.store, "j"))).toEqual(new Set([1, 2]));
});

/** A version of a kernel with two values, whose cells are all this number. */
const pair = (hash: string, value: number): LoadedKernel => ({
  ...testKernel({
    name: "mine",
    kind: "kernel",
    inputs: mandelbrot.inputs,
    values: { mean: {}, spread: {} },
    fill: (_: unknown, out: Record<string, Float64Array>) => {
      for (const each of Object.values(out)) each.fill(value);
    },
  }),
  hash,
});

describe("of a chunk with several values", () => {
  /** The version that began the job has stored the first value of each chunk. */
  async function halfStored() {
    const stages = new Stages();
    const before = { ...stages.ports, kernels: only(pair(BEFORE, 1)) };
    await split({ ...JOB_OF_4_CHUNKS, kernel: "mine", hash: BEFORE }, "", before);
    const worker = { requestId: "r", logStream: "w", coldStart: false, initMs: null };
    const workBy = (kernel: LoadedKernel) => async (body: string) =>
      work(parseChunkMessage(body), { worker, receiveCount: 1 }, { ...stages.ports, kernels: only(kernel) });
    for (const body of stages.chunks.take()) await workBy(pair(BEFORE, 1))(body);
    stages.results.take();
    const spreads = [...stages.store.objects.keys()].filter((key) => key.includes("/spread/c/"));
    expect(spreads).toHaveLength(4);
    for (const key of spreads) stages.store.objects.delete(key);
    await split({ kind: "resume", jobId: "j", force: true }, "", {
      ...before,
      kernels: only(pair(AFTER, 2)),
    });
    return { stages, workAfter: workBy(pair(AFTER, 2)) };
  }
  /** The different numbers in each of the two arrays. */
  const cellsOf = async ({ store }: Stages) =>
    (await storedArrays(store, "j")).map((cells) => [...new Set<number>(cells)]);

  test("a part that another version stored is replaced with the rest: its values are one version's", async () => {
    const { stages, workAfter } = await halfStored();
    for (const body of stages.chunks.take())
      expect(await workAfter(body)).toMatchObject({ failures: [], retry: false });
    expect(await cellsOf(stages)).toEqual([[2], [2]]);
  });

  test("a worker that dies between the values leaves a chunk that is computed again", async () => {
    const { stages, workAfter } = await halfStored();
    const { store } = stages;
    const putIfAbsent = store.putIfAbsent.bind(store);
    store.putIfAbsent = async (key, bytes) => {
      if (key.includes("/array/")) throw new Error("The worker died.");
      return putIfAbsent(key, bytes);
    };
    const bodies = stages.chunks.take();
    for (const body of bodies) expect(await workAfter(body)).toMatchObject({ computed: [], retry: true });
    expect([...store.objects.keys()].filter((key) => key.includes("/spread/c/"))).toEqual([]);
    store.putIfAbsent = putIfAbsent;
    for (const body of bodies) expect(await workAfter(body)).toMatchObject({ found: [], failures: [] });
    expect(await cellsOf(stages)).toEqual([[2], [2]]);
  });

  test("a whole one stays as it was stored, and other cells for it are a fault", async () => {
    const { stages, workAfter } = await halfStored();
    const bodies = stages.chunks.take();
    for (const body of bodies) await workAfter(body);
    const third = { ...stages.ports, kernels: only(pair(AFTER, 3)) };
    const worker = { requestId: "r", logStream: "w", coldStart: false, initMs: null };
    const { failures } = await work(
      { ...parseChunkMessage(bodies[0]!), again: false },
      { worker, receiveCount: 1 },
      third,
    );
    expect(failures[0]).toMatchObject({ disputed: true, final: true });
    expect(await cellsOf(stages)).toEqual([[2], [2]]);
  });
});

test("a kernel without a hash, as tests bring it, takes any job of its name", async () => {
  const stages = new Stages([likeMandelbrot("mine", fillMandelbrot)]);
  await stages.split({ ...JOB_OF_4_CHUNKS, kernel: "mine" });
  expect(stages.store.json("jobs/j/job.json").spec).not.toHaveProperty("hash");
  expect(await stages.runToEnd()).toMatchObject({ state: "complete" });
});
