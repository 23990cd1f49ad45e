import { expect, test } from "vitest";
import { decodeShard, encodeShard, findShard, putShard } from "../../../shared/record/shards.ts";
import { CorruptChunkError } from "../../../shared/validation/errors.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { mapRequest, taskKernel } from "../../helpers/map.ts";
import { MemoryStore } from "../../helpers/memory.ts";

const shard = (value: number, more = {}) => ({
  lines: [0, 1, 2].map((index) => JSON.stringify({ index, value })),
  ...{ given: 3, failed: 0, unfinished: 0, round: 0, ...more },
});
const job = resolvedJob(
  mapRequest(3),
  "j",
  taskKernel(() => 0),
);

test("a shard that lacks any byte, or has another one, is corrupt", () => {
  const whole = encodeShard(shard(7));
  expect(decodeShard(whole, 3)).toEqual(shard(7));
  expect(() => decodeShard(whole, 4)).toThrow(CorruptChunkError);
  // Without its last line end it is whole.
  for (let length = 0; length < whole.length - 1; length++)
    expect(() => decodeShard(whole.subarray(0, length), 3)).toThrow(CorruptChunkError);
  const body = whole.lastIndexOf(0x0a, -2);
  for (let at = 0; at < body; at++)
    expect(() => decodeShard(whole.with(at, whole[at]! ^ 1), 3)).toThrow(CorruptChunkError);
});

test("of two workers the first one counts, whatever the other gives", async () => {
  const store = new MemoryStore();
  expect((await putShard(store, job, 0, shard(1))).shard).toEqual(shard(1));
  expect((await putShard(store, job, 0, shard(2))).shard).toEqual(shard(1));
  expect((await findShard(store, job, 0))?.shard).toEqual(shard(1));
});

test("a later round, a shard that was not done, and a corrupt one are replaced", async () => {
  const store = new MemoryStore();
  const put = async (...args: Parameters<typeof shard>) =>
    (await putShard(store, job, 0, shard(...args))).shard.lines[0];
  await put(1);
  expect(await put(2, { round: 1 })).toContain('"value":2');
  expect(await put(3, { round: 0 })).toContain('"value":2');
  expect(await put(4, { round: 2, given: 1, unfinished: 2 })).toContain('"value":4');
  expect(await put(5, { round: 2 })).toContain('"value":5');
  await store.put("jobs/j/results/0.jsonl", Buffer.from("{}\n"));
  expect(await findShard(store, job, 0)).toBeUndefined();
  expect(await put(6)).toContain('"value":6');
});
