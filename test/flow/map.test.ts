import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ENGINES } from "../../client/engines/engines.ts";
import { runCli } from "../helpers/cli.ts";
import { folderWith } from "../helpers/kernel-file.ts";
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

test("check runs nothing of a task by itself, and twice the first three items of a file that is named", async () => {
  const cwd = folderWith({
    "noted.ts": `import { task } from "manyhands/kernel";
import { appendFileSync } from "node:fs";
let runs = 0;
export default task({
  about: "notes that it ran",
  task: (item: number) => {
    appendFileSync("runs", item + "\\n");
    if (item === 8) throw new Error("eight");
    return item === 9 ? ++runs : item;
  },
});
`,
    "items.jsonl": "7\n8\n9\n10\n",
  });
  const checked = (...args: string[]) => runCli(["check", "./noted.ts", ...args], { cwd });
  const alone = await checked();
  expect(alone.stdout).toMatch(/^noted: notes that it ran\n/);
  expect(alone.stdout).toContain(
    "none was run, as a task may have effects: `manyhands check noted.ts items.jsonl`",
  );
  expect(alone).toMatchObject({ code: 0, stderr: "" });
  expect(existsSync(join(cwd, "runs"))).toBe(false);
  const { code, stdout } = await checked("items.jsonl", "--json");
  expect(readFileSync(join(cwd, "runs"), "utf8")).toBe("7\n7\n8\n8\n9\n9\n");
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ name: "noted", file: join(cwd, "noted.ts") },
    items: {
      count: 4,
      sample: [
        { index: 0, value: 7, isSame: true },
        { index: 1, error: "Error: eight (noted.ts:8)", isSame: true },
        { index: 2, value: 1, isSame: false },
      ],
    },
  });
  expect(code).toBe(1);
  const sized = await checked("--points", "4x4");
  expect(sized.stderr).toMatch(
    /^Expected kernel to be one that fills an array, got "\.\/noted\.ts", a task\. /,
  );
  expect(sized.code).toBe(2);
});
