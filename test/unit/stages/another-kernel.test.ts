import { expect, test } from "vitest";
import { split } from "../../../functions/splitter/split.ts";
import { work } from "../../../functions/worker/work.ts";
import type { Kernels, LoadedKernel } from "../../../shared/kernels/loader.ts";
import { kernelsOf } from "../../../shared/kernels/loader.ts";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { storedArray } from "../../helpers/arrays.ts";
import { fillMandelbrot, likeMandelbrot, ofDtype } from "../../helpers/kernels.ts";
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

test("a kernel without a hash, as tests bring it, takes any job of its name", async () => {
  const stages = new Stages([likeMandelbrot("mine", fillMandelbrot)]);
  await stages.split({ ...JOB_OF_4_CHUNKS, kernel: "mine" });
  expect(stages.store.json("jobs/j/job.json").spec).not.toHaveProperty("hash");
  expect(await stages.runToEnd()).toMatchObject({ state: "complete" });
});
