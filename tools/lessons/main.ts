/**
 * `npm run docs:lessons` runs the commands of docs/lessons and writes what they print, the figures in sentences, and the pictures, in place;
 * `-- 05 12` those of these pages. With `--check` it writes nothing, and exit code 1 says that a page shows other than the commands print.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { differences } from "./check-page.ts";
import { LessonError, withOutputs } from "./page.ts";
import { firstRun, runPage } from "./run-page.ts";

const FOLDER = join(import.meta.dirname, "../../docs/lessons");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: "boolean" } },
});
const names = readdirSync(FOLDER).filter(
  (name) =>
    name.endsWith(".md") && (positionals.length === 0 || positionals.some((each) => name.startsWith(each))),
);
try {
  await firstRun();
  for (const name of names) await write(name);
} catch (error) {
  if (!(error instanceof LessonError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function write(name: string): Promise<void> {
  const start = performance.now();
  const path = join(FOLDER, name);
  const page = readFileSync(path, "utf8");
  const { outputs, pictures, skipped } = await runPage(page, name);
  const made = withOutputs(page, name, outputs);
  const differing = values.check ? differences(page, made, name) : [];
  if (!values.check) {
    writeFileSync(path, made);
    for (const [picture, bytes] of pictures) writeFileSync(join(FOLDER, picture), bytes);
  }
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  for (const sentence of skipped) console.log(`  left out: ${sentence}`);
  for (const difference of differing) console.log(`  ${difference}`);
  if (differing.length > 0) process.exitCode = 1;
}
