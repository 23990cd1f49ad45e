import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseChunkMessage } from "../../../shared/messages/chunk-message.ts";
import { StoredJobSchema } from "../../../shared/record/job.ts";
import { parse } from "../../../shared/validation/parse.ts";
import { sameBytes, storedArray, wholeArray } from "../../helpers/arrays.ts";
import { Stages } from "../../helpers/stages.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures/old-layout");

/** Stages around the objects of a job that a manyhands from before the group computed. */
function stagesAfter(name: string) {
  const stages = new Stages();
  const folder = join(FIXTURES, name);
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    if (statSync(join(folder, path)).isFile())
      stages.store.objects.set(`jobs/old-${name}/${path}`, readFileSync(join(folder, path)));
  return { stages, objects: stages.store.objects, jobId: `old-${name}` };
}

test.each([
  ["two-axes", ["c/0/0", "c/2/2"], [0, 8]],
  ["one-axis", ["c/1"], [1]],
])("a job of the old layout goes on in it: %s", async (name, keys, chunks) => {
  const { stages, objects, jobId } = stagesAfter(name);
  const before = [...objects.keys()].filter((key) => key.includes("/array/")).sort();
  for (const key of keys) objects.delete(`jobs/${jobId}/array/${key}`);
  objects.delete(`jobs/${jobId}/array/zarr.json`);
  await stages.split({ kind: "resume", jobId, force: true });
  const sent = stages.chunks.sent.map(({ body }) => parseChunkMessage(body));
  expect(sent.flatMap((message) => message.chunks).sort()).toEqual(chunks);
  expect(await stages.runToEnd()).toMatchObject({ state: "complete", round: 1 });
  expect([...objects.keys()].filter((key) => key.includes("/array/")).sort()).toEqual(before);
  const job = parse(StoredJobSchema, stages.store.json(`jobs/${jobId}/job.json`), "job.json");
  expect(job.spec.values).toEqual([{ dtype: "uint16" }]);
  expect(sameBytes(await storedArray(stages.store, jobId), wholeArray(job))).toBe(true);
});

test("its metadata are those that it had", async () => {
  const { stages, objects, jobId } = stagesAfter("two-axes");
  const key = `jobs/${jobId}/array/zarr.json`;
  const before = objects.get(key);
  objects.delete(key);
  await stages.split({ kind: "resume", jobId, force: true });
  expect(Buffer.from(objects.get(key)!).toString()).toBe(`${before}`);
});

test("the request that it came of is the same job, not another one of that id", async () => {
  const { stages, objects, jobId } = stagesAfter("one-axis");
  const before = new Map(objects);
  const request = {
    ...{ kernel: "julia", parameters: { maxIterations: 100 }, chunk: [12], requestId: jobId },
    ...{ grid: { axes: [{ from: -1.7, to: 1.7, count: 31 }] }, output: { plots: false } },
  };
  expect(await stages.split(request)).toEqual(stages.store.json(`jobs/${jobId}/submitted.json`));
  expect(stages.chunks.sent).toEqual([]);
  expect(objects).toEqual(before);
  const other = { ...request, parameters: { maxIterations: 99 } };
  await expect(stages.split(other)).rejects.toThrow("to come with the same request");
});
