import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import BUILD from "../../../shared/build/of-sources.ts";
import { KERNELS } from "../../../shared/kernels/registry.ts";
import { expectSameMaker } from "../../../shared/plan/made-by.ts";
import { getJson, putJson } from "../../../shared/ports/store.ts";
import { ensureBundles } from "../../../tools/bundling/bundles.ts";
import { JOB_OF_25_CHUNKS as request, Stages } from "../../helpers/stages.ts";

const KEY = "jobs/j/job.json";

/** A submitted job whose job.json then names another maker. */
async function begunBy(madeBy: object | undefined) {
  const stages = new Stages();
  await stages.split(request);
  const { madeBy: _, ...job } = (await getJson(stages.store, KEY)) as Record<string, unknown>;
  await putJson(stages.store, KEY, { ...job, ...(madeBy && { madeBy }) });
  stages.chunks.take();
  return stages;
}

test("a job says which manyhands began it, and from which sources of the kernel", async () => {
  const stages = new Stages();
  await stages.split(request);
  const madeBy = { version: BUILD.version, kernel: BUILD.kernels.mandelbrot };
  expect(await getJson(stages.store, KEY)).toMatchObject({ madeBy });
  expect(Object.keys(BUILD.kernels)).toEqual([...KERNELS.keys()]);
  expect(new Set(Object.values(BUILD.kernels)).size).toBe(KERNELS.size);
});

test.each([
  [
    "version",
    { version: "0.0.1", kernel: BUILD.kernels.mandelbrot, laterField: 1 },
    'begun by "version 0.0.1 with',
  ],
  ["kernel", { version: BUILD.version, kernel: "0123456789abcdef" }, "sources 0123456789abcdef of"],
])(
  "another %s is not taken for the same: resuming is refused before anything happens",
  async (_, madeBy, sentence) => {
    const stages = await begunBy(madeBy);
    const before = [...stages.store.objects.keys()];
    for (const force of [undefined, false])
      await expect(
        stages.split({ kind: "resume", jobId: "j", ...(force !== undefined && { force }) }),
      ).rejects.toThrow(sentence);
    expect([...stages.store.objects.keys()]).toEqual(before);
    expect(stages.chunks.sent).toEqual([]);
    expect(await stages.split({ kind: "resume", jobId: "j", force: true })).toMatchObject({ chunks: 25 });
  },
);

test("nor does another version go on with a submission that broke off", async () => {
  const stages = await begunBy({ version: "0.0.1" });
  stages.store.objects.delete("jobs/j/submitted.json");
  await expect(stages.split(request)).rejects.toThrow("begun by");
});

test("a job that does not say who began it goes on", async () => {
  const stages = await begunBy(undefined);
  expect(await stages.split(request)).toMatchObject({ round: 0 });
  expect(await stages.split({ kind: "resume", jobId: "j" })).toMatchObject({ chunks: 25 });
});

test("a kernel whose sources are not known is told by the version alone", () => {
  const job = { jobId: "j", spec: { kernel: "own" } };
  const build = { version: "1", kernels: {} };
  expect(() => expectSameMaker({ ...job, madeBy: { version: "1", kernel: "ab" } }, build)).not.toThrow();
  expect(() => expectSameMaker({ ...job, madeBy: { version: "2" } }, build)).toThrow(
    'Expected job to be one that this manyhands began (version 1 with sources unknown of kernel own), got "j", begun by "version 2 with sources unknown of kernel own". Chunks of the two may differ: `manyhands resume` with --force goes on all the same.',
  );
});

test("the splitter's bundle and the built program know of the same sources", async () => {
  const { splitter } = await ensureBundles({ folder: join(import.meta.dirname, "../../../dist") });
  for (const path of [splitter, join(splitter, "../../cli/program.js")]) {
    const text = readFileSync(path, "utf8");
    expect(Object.values(BUILD.kernels).filter((hash) => !text.includes(hash))).toEqual([]);
  }
});
