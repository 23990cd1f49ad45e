import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readItems } from "../../../api/items.ts";
import { linesOf } from "../../../api/json-lines.ts";
import { decodeShard } from "../../../shared/record/shards.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

function fileOf(contents: string | Uint8Array): string {
  const path = join(temporaryFolder(), "items.jsonl");
  writeFileSync(path, contents);
  return path;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test("items come in shards, without line ends of any system and without empty lines", async () => {
  const list = await readItems(fileOf('{"a":1}\r\n\n  2  \n"ä"\n[3]\nnull'));
  expect(list).toMatchObject({ count: 5, mostBytes: 7 });
  const shards = await all(list.shards(2));
  expect(shards.map(({ shard, bytes }) => decodeShard(bytes, shard === 2 ? 1 : 2).lines)).toEqual([
    ['{"a":1}', "2"],
    ['"ä"', "[3]"],
    ["null"],
  ]);
});

test.each([
  ["no JSON", '{"a":1}\n\n{"b":', 'items.jsonl:3 to be JSON, got "{\\"b\\":".'],
  [
    "an array over lines",
    "[\n1,\n2\n]",
    "items.jsonl:1 to be JSON, got \"[\". Each line is an item: `jq -c '.[]'`",
  ],
  ["not UTF-8", Uint8Array.of(0x31, 0x0a, 0x22, 0xff, 0x22), "items.jsonl:2 to be UTF-8, got other bytes."],
  ["too long", `1\n"${"x".repeat(262_144)}"\n`, "items.jsonl:2 to be at most 262144 bytes, got more."],
  ["without an end", `${" ".repeat(300_000)}`, "items.jsonl:1 to be at most 262144 bytes, got more."],
  ["nothing", "\n\r\n", "the items to be a line of JSON each, got none in items.jsonl."],
])("a file that is %s is refused with its line", async (_, contents, sentence) => {
  const reading = readItems(fileOf(contents));
  await expect(reading).rejects.toThrow(InvalidInputError);
  await expect(reading).rejects.toThrow(sentence);
});

test("lines are whole however the stream is cut, within a character too", async () => {
  const bytes = Buffer.from('"ä"\n"€"\n\n"🙂"');
  for (let size = 1; size < bytes.length; size++) {
    const parts = async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    };
    const lines = await all(linesOf(parts(), "x", 100));
    expect(lines.map(({ text, number }) => `${number} ${text}`)).toEqual(['1 "ä"', '2 "€"', "3 ", '4 "🙂"']);
  }
});

test("a file that changes between being checked and being read is refused", async () => {
  const path = fileOf("1\n2\n");
  const list = await readItems(path);
  appendFileSync(path, "3\n");
  await expect(all(list.shards(2))).rejects.toThrow("to be the same while it is read");
});

test("a missing file and a folder get a sentence, and a device is read as a stream", async () => {
  const folder = temporaryFolder();
  await expect(readItems(join(folder, "none"))).rejects.toThrow(
    "readable file of JSON lines, got none (ENOENT)",
  );
  await expect(readItems(folder)).rejects.toThrow("a folder");
  await expect(readItems("/dev/null")).rejects.toThrow("got none in null");
  expect(existsSync(join(folder, "none"))).toBe(false);
});
