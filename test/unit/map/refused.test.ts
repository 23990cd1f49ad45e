import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { limitsOf, mapJobOf } from "../../../api/map-job.ts";
import { map } from "../../../cli/commands/map.ts";
import { run } from "../../../cli/commands/run.ts";
import { kernelMeant } from "../../../client/kernels/meant-kernel.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const EXAMPLES = join(import.meta.dirname, "../../../examples");
const WORDS = join(EXAMPLES, "map/words.ts");
const HERE = { engine: "serial", stack: "Manyhands" };

test.each([
  [{ itemSeconds: "0" }, "--item-seconds to be a number of seconds up to 900"],
  [{ itemSeconds: "901" }, "--item-seconds to be a number of seconds up to 900"],
  [{ concurrency: "x" }, "--concurrency to be a whole number from 1 to 100"],
  [{ itemsPerShard: "1001" }, "--items-per-shard to be a whole number from 1 to 1000"],
  [{ ramp: "burst" }, "--ramp to be left out on engine serial"],
])("the options %o are refused before any item is read", async (options, sentence) => {
  await expect(map(WORDS, "/none", { ...HERE, ...options })).rejects.toThrow(sentence);
});

test("a bad line is refused before a folder is made", async () => {
  const items = join(temporaryFolder(), "items.jsonl");
  writeFileSync(items, '{"title":"a","text":"b"}\n{"title":\n');
  const out = join(temporaryFolder(), "out");
  await expect(map(WORDS, items, { ...HERE, out })).rejects.toThrow("items.jsonl:2 to be JSON");
});

test("a kernel is no task, and a task no kernel: a sentence names the other command", async () => {
  const kernel = join(EXAMPLES, "kernels/magnets/magnets.ts");
  await expect(map(kernel, "/none", HERE)).rejects.toThrow("`manyhands run` fills an array with it.");
  await expect(run(WORDS, { ...HERE, inputs: {} })).rejects.toThrow("`manyhands map <task> <items.jsonl>`");
});

test.each([
  ["few items are shared by the workers", { count: 80, mostBytes: 10 }, {}, 10],
  ["many take 50 minutes at the most", { count: 1e6, mostBytes: 10 }, {}, 100],
  ["with less time each, more of them", { count: 1e6, mostBytes: 10 }, { itemSeconds: 0.1 }, 1000],
  ["with several at a time, more of them", { count: 1e6, mostBytes: 10 }, { concurrency: 8 }, 800],
  ["no fewer than a worker has under way", { count: 40, mostBytes: 10 }, { concurrency: 16 }, 16],
  ["but a shard for each worker", { count: 20, mostBytes: 10 }, { concurrency: 16 }, 10],
  ["large ones make 4 MB at the most", { count: 1e6, mostBytes: 2 ** 18 }, {}, 16],
  ["one is one", { count: 1, mostBytes: 10 }, {}, 1],
  ["as it is said", { count: 1e6, mostBytes: 10 }, { itemsPerShard: 7 }, 7],
])("items a shard: %s", async (_, list, options, perShard) => {
  const items = { ...list, sha256: "0".repeat(64), shards: () => [] as never, release: () => {} };
  const task = await kernelMeant(WORDS);
  const { job } = await mapJobOf(task, items, 2, limitsOf(options), options);
  expect(job.spec.chunkShape).toEqual([perShard]);
});

test("a shard of more than 64 MB is refused", async () => {
  const items = {
    count: 1e6,
    mostBytes: 2 ** 18,
    sha256: "0".repeat(64),
    shards: () => [] as never,
    release: () => {},
  };
  const options = { itemsPerShard: 257 };
  await expect(mapJobOf(await kernelMeant(WORDS), items, 2, limitsOf(options), options)).rejects.toThrow(
    "itemsPerShard to be at most 256 with items of up to 262144 bytes, got 257.",
  );
});
