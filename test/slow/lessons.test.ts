import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { differences } from "../../tools/lessons/check-page.ts";
import { missing } from "../../tools/lessons/needs.ts";
import { blocksOf, withOutputs } from "../../tools/lessons/page.ts";
import { firstRun, runPage } from "../../tools/lessons/run-page.ts";

const FOLDER = join(import.meta.dirname, "../../docs/lessons");
const pages = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".md") && name !== "teachers.md")
  .map((name) => {
    const text = readFileSync(join(FOLDER, name), "utf8");
    const lacking = blocksOf(text, name).flatMap((block) =>
      block.kind === "run" ? (missing(block.needs) ?? []) : [],
    );
    return {
      name,
      text,
      without: lacking.length > 0 ? ` (without: ${[...new Set(lacking)].join(", ")})` : "",
    };
  });

beforeAll(firstRun);

test.each(pages)(
  "$name shows what its commands print$without, but for times and costs",
  async ({ name, text }) => {
    const { outputs, pictures } = await runPage(text, name);
    expect(differences(text, withOutputs(text, name, outputs), name)).toEqual([]);
    for (const bytes of pictures.values()) expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  },
);
