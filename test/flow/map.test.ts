import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ENGINES } from "../../client/engines/engines.ts";
import { runCli } from "../helpers/cli.ts";
import { resultsIn } from "../helpers/map.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/map");
const HERE = [...ENGINES.values()].filter(({ isRemote }) => !isRemote).map(({ name }) => name);

test("the example counts words, on every engine of this machine alike", async () => {
  await Promise.all(HERE.map(expectWords));
});

async function expectWords(engine: string): Promise<void> {
  const out = join(temporaryFolder(), "words");
  const texts = join(EXAMPLES, "texts.jsonl");
  const { code, stdout, stderr } = await runCli([
    "map",
    join(EXAMPLES, "words.ts"),
    texts,
    "--engine",
    engine,
    "--out",
    out,
  ]);
  expect(code).toBe(3);
  expect(stdout).toContain("3 of 4 gave a value, 1 failed");
  expect(stderr).toContain("item 2: RangeError: Silence has no words (words.ts:9)");
  expect(resultsIn(out)).toEqual([
    { index: 0, value: { title: "Proverb", words: 5, counts: expect.objectContaining({ many: 1 }) } },
    { index: 1, value: { title: "Another", words: 12, counts: expect.objectContaining({ many: 2 }) } },
    { index: 2, error: "RangeError: Silence has no words (words.ts:9)" },
    { index: 3, value: { title: "Night", words: 11, counts: expect.objectContaining({ the: 4 }) } },
  ]);
  expect(existsSync(join(out, "timeline.png"))).toBe(true);
  expect(existsSync(join(out, "array"))).toBe(false);
}
