import { expect, test } from "vitest";
import { JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

const ARRAY = "jobs/j/array/";
const RESUMPTION = { kind: "resume", jobId: "j" };

async function completed() {
  const stages = new Stages();
  await stages.split(JOB_OF_25_CHUNKS);
  await stages.runToEnd();
  const { store } = stages;
  return { stages, objects: store.objects, before: new Map(store.objects), from: store.puts.length };
}

test.each(["zarr.json", "escape_time/zarr.json", "x/zarr.json", "y/c/0"])(
  "%s is made again by resuming where it is damaged, too long or not there",
  async (name) => {
    const { stages, objects, before } = await completed();
    const key = ARRAY + name;
    const whole = before.get(key)!;
    for (const damaged of [whole.map((byte) => byte ^ 1), new Uint8Array(100_000), undefined]) {
      if (damaged) objects.set(key, damaged);
      else objects.delete(key);
      await stages.split(RESUMPTION);
      expect(objects.get(key)).toEqual(whole);
    }
  },
);

test("what is whole is not written again: a power cut could damage it then", async () => {
  const { stages, from } = await completed();
  await stages.split(RESUMPTION);
  expect(stages.store.puts.slice(from).filter((key) => key.startsWith(ARRAY))).toEqual([]);
});
