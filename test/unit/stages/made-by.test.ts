import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import BUILD from "../../../shared/build/of-sources.ts";
import { KERNELS } from "../../../shared/kernels/registry.ts";
import { expectSameKernel } from "../../../shared/plan/made-by.ts";
import { putJson } from "../../../shared/ports/store.ts";
import { ensureBundles } from "../../../tools/bundling/bundles.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { JOB_OF_25_CHUNKS as request, Stages } from "../../helpers/stages.ts";

const KEY = "jobs/j/job.json";
const OTHER = "0123456789abcdef";

/** A submitted job whose job.json then names another maker, or another kernel in its spec. */
async function begunBy(madeBy: object | undefined, hash?: string) {
  const stages = new Stages();
  await stages.split(request);
  const { madeBy: _, ...job } = stages.store.json(KEY);
  const spec = { ...job.spec, hash };
  await putJson(stages.store, KEY, { ...job, spec, ...(madeBy && { madeBy }) });
  stages.chunks.take();
  return stages;
}

test("a job says which manyhands began it, and from which sources of the kernel", async () => {
  const stages = new Stages();
  await stages.split(request);
  expect(stages.store.json(KEY)).toMatchObject({
    madeBy: { version: BUILD.version },
    spec: { hash: BUILD.kernels.mandelbrot },
  });
  expect(Object.keys(BUILD.kernels)).toEqual([...KERNELS.keys()]);
  expect(new Set(Object.values(BUILD.kernels)).size).toBe(KERNELS.size);
});

test("another kernel is not taken for the same: resuming is refused before anything happens", async () => {
  const stages = await begunBy({ version: BUILD.version }, OTHER);
  const sentence = `kernel mandelbrot began as it is now (${BUILD.kernels.mandelbrot}), got "j", begun by another version of it (${OTHER})`;
  const before = [...stages.store.objects.keys()];
  for (const force of [undefined, false])
    await expect(
      stages.split({ kind: "resume", jobId: "j", ...(force !== undefined && { force }) }),
    ).rejects.toThrow(sentence);
  expect([...stages.store.objects.keys()]).toEqual(before);
  expect(stages.chunks.sent).toEqual([]);
  expect(await stages.split({ kind: "resume", jobId: "j", force: true })).toMatchObject({ chunks: 25 });
});

// A former release had built-in kernels only, whose bits golden tests hold; their sources, and with them that hash, changed.
test("a job of a former release goes on, though it noted another hash of its kernel's sources", async () => {
  const stages = await begunBy({ version: "0.0.1", kernel: OTHER, laterField: 1 });
  expect(await stages.split({ kind: "resume", jobId: "j" })).toMatchObject({ chunks: 25 });
});

test.each([true, false])(
  "nor does another kernel go on with a submission, or answer for it: it broke off: %s",
  async (brokeOff) => {
    const stages = await begunBy(undefined, OTHER);
    if (brokeOff) stages.store.objects.delete("jobs/j/submitted.json");
    const before = stages.store.puts.length;
    await expect(stages.split(request)).rejects.toThrow("begun by another");
    expect(stages.store.puts).toHaveLength(before);
    expect(stages.chunks.sent).toEqual([]);
  },
);

test("another version of manyhands goes on where the kernel is the same", async () => {
  const stages = await begunBy({ version: "0.0.1" }, BUILD.kernels.mandelbrot);
  expect(await stages.split(request)).toMatchObject({ round: 0 });
  expect(await stages.split({ kind: "resume", jobId: "j" })).toMatchObject({ chunks: 25 });
});

test("a job that does not say who began it goes on", async () => {
  const stages = await begunBy(undefined);
  expect(await stages.split(request)).toMatchObject({ round: 0 });
  expect(await stages.split({ kind: "resume", jobId: "j" })).toMatchObject({ chunks: 25 });
});

test("a kernel whose hash is not known, here or there, is taken for the same", () => {
  const begun = { jobId: "j", spec: resolvedJob(request).spec };
  expect(() => expectSameKernel(begun, { name: "own" })).not.toThrow();
  const { hash, ...spec } = begun.spec;
  expect(() => expectSameKernel({ ...begun, spec }, { name: "own", hash: OTHER })).not.toThrow();
  expect(() => expectSameKernel(begun, { name: "own", hash: OTHER })).toThrow(
    `Expected job to be one that kernel own began as it is now (${OTHER}), got "j", begun by another version of it (${hash}). Their cells may differ: \`manyhands resume\` with --force goes on all the same.`,
  );
});

test("the splitter's bundle and the built program know of the same sources", async () => {
  const { splitter } = await ensureBundles({ folder: join(import.meta.dirname, "../../../dist") });
  for (const path of [splitter, join(splitter, "../../cli/program.js")]) {
    const text = readFileSync(path, "utf8");
    expect(Object.values(BUILD.kernels).filter((hash) => !text.includes(hash))).toEqual([]);
  }
});
