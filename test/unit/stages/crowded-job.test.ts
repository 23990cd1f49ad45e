import { expect, test, vi } from "vitest";
import { arraysOf } from "../../../shared/array/spec.ts";
import { decodeChunk, encodeChunk, mostEncodedBytes } from "../../../shared/array/zarr-array.ts";
import { resumption } from "../../../shared/messages/resumption.ts";
import { chunkKeys } from "../../../shared/record/array-keys.ts";
import { readStatus } from "../../../shared/record/job-status.ts";
import { findChunk, listChunks, putChunk, readEncoded } from "../../../shared/record/stored-chunk.ts";
import { ListingError } from "../../../shared/validation/errors.ts";
import { JOB_OF_25_CHUNKS, Stages } from "../../helpers/stages.ts";

const CROWD = 150_000;

/** A job that ended, and a store with more of its objects than it can have. */
async function crowded(prefix: string) {
  const stages = new Stages();
  await stages.split(JOB_OF_25_CHUNKS);
  await stages.runToEnd();
  const list = stages.store.list.bind(stages.store);
  const store = Object.assign(stages.store, {
    async *list(asked: string) {
      yield* list(asked);
      if (!asked.startsWith(prefix) && !prefix.startsWith(asked)) return;
      for (let k = 0; k < CROWD; k++) yield `${prefix}${k}.json`;
    },
  });
  return { stages, store, job: stages.store.json("jobs/j/job.json") };
}

test.each(["reports", "failures", "control"])(
  "more objects below %s/ than a job can have are a sentence, not read one by one",
  async (folder) => {
    const { store, job, stages } = await crowded(`jobs/j/${folder}/`);
    await expect(readStatus(store, job)).rejects.toThrow(ListingError);
    await expect(readStatus(store, job)).rejects.toThrow(
      new RegExp(
        `^Expected the listing of jobs/j/${folder}/ to have at most 10[01]00 objects, there are more`,
      ),
    );
    await expect(stages.split(resumption("j"))).rejects.toThrow(ListingError);
  },
);

test("more objects beside the chunks than a job can have are a sentence, too", async () => {
  const { store, job } = await crowded("jobs/j/array/escape_time/c/0/x");
  await expect(listChunks(store, job)).rejects.toThrow(
    /array\/escape_time\/c\/ to have at most 10050 objects/,
  );
});

test("a job that was resumed as often as there are numbers is refused, and nothing is begun", async () => {
  const { stages, store } = await crowded("elsewhere/");
  const last = '{"version":1,"atMs":1700000000000,"chunks":"AQ=="}';
  await store.put("jobs/j/control/missing-999999-1.json", Buffer.from(last));
  const before = store.puts.length;
  await expect(stages.split(resumption("j"))).rejects.toThrow(
    'Expected job to be one that was resumed less than 999999 times, got "j". What lies in its control/',
  );
  expect(stages.chunks.sent).toEqual([]);
  expect(store.puts).toHaveLength(before);
});

test("an object larger than any encoding of its chunk is a corrupt one, which is not read but replaced", async () => {
  const { stages, job } = await crowded("elsewhere/");
  const [key = ""] = chunkKeys(job, 3);
  const [array] = arraysOf(job.spec);
  const { values } = (await findChunk(stages.store, job, 3))!;
  await stages.store.put(key, new Uint8Array(10_000));
  const get = vi.spyOn(stages.store, "get");
  expect(await findChunk(stages.store, job, 3)).toBeUndefined();
  const empty = (await readEncoded(stages.store, key, array!))!;
  expect(() => decodeChunk(array!, 3, empty)).toThrow("got no bytes, or more than 1162");
  expect(get).toHaveBeenCalledWith(key, mostEncodedBytes(array!));
  expect(mostEncodedBytes(array!)).toBeLessThan(2_000);
  await putChunk(stages.store, job, 3, [encodeChunk(array!, 3, values[0]!)]);
  expect((await findChunk(stages.store, job, 3))?.values).toEqual(values);
});
