/** Changes the code in small ways and counts the changes that no unit test notices. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { type MutantResult, Stryker } from "@stryker-mutator/core";
import { origin } from "../measuring/machine.ts";
import { type FileResult, type Mutant, writePage } from "./page.ts";

const ROOT = join(import.meta.dirname, "../..");
const CONFIG = "experiments/mutants/stryker.config.json";
const RESULTS = join(import.meta.dirname, "results.json");
const COMMAND = "npm run mutants";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    "page-only": { type: "boolean", default: false },
    // Only what lived last time, after tests were added: a tenth of the time.
    survivors: { type: "boolean", default: false },
  },
});
/** Each file with the tests that are about it: all others would take hours. */
const tests = readJson<Readonly<Record<string, readonly string[]>>>(join(import.meta.dirname, "files.json"));
const all = Object.keys(tests);
const wanted = positionals.map((path) => relative(ROOT, join(process.cwd(), path)));
const unknown = wanted.find((path) => !all.includes(path));
if (unknown) {
  console.error(`Expected one of the files in experiments/mutants/files.json, got ${unknown}.`);
  process.exit(2);
}

process.chdir(ROOT);
if (!values["page-only"]) {
  for (const file of wanted.length > 0 ? wanted : all) {
    publish(await (values.survivors ? againOf(file) : mutantsOf(file)));
  }
}
publish();

function knownResults(): FileResult[] {
  return existsSync(RESULTS) ? readJson<FileResult[]>(RESULTS) : [];
}

/** What other files came to stays. */
function publish(found?: FileResult): void {
  const results = [...knownResults().filter(({ file }) => file !== found?.file), ...(found ? [found] : [])];
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  writePage(all, results);
}

/** A run for each file: it needs few tests, and a run that is stopped has lost one file. */
async function mutantsOf(file: string, ranges = [file]): Promise<FileResult> {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-mutants-"));
  process.env.MUTANT_TESTS = tests[file]!.join(",");
  try {
    const mutants = await new Stryker({
      configFile: CONFIG,
      mutate: ranges,
      tempDirName: folder,
    }).runMutationTest();
    const lines = readFileSync(file, "utf8").split("\n");
    const counted = (...states: string[]) => mutants.filter(({ status }) => states.includes(status));
    return {
      ...{ file, from: origin(`${COMMAND} -- ${file}`) },
      killed: counted("Killed", "Timeout").length,
      survivors: counted("Survived", "NoCoverage").map((each) => describe(each, lines)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As `mutantsOf`, where the file is as it was: the lines with survivors once more, the others' mutants are dead as before. */
async function againOf(file: string): Promise<FileResult | undefined> {
  const before = knownResults().find((known) => known.file === file);
  const lines = readFileSync(file, "utf8").split("\n");
  if (!before || before.survivors.some(({ number, line }) => lines[number - 1]?.trim() !== line)) {
    console.error(
      `${file} has changed since its mutants were counted, or they never were: all of them are run.`,
    );
    return mutantsOf(file);
  }
  const numbers = new Set(before.survivors.map(({ number }) => number));
  if (numbers.size === 0) return before;
  const again = await mutantsOf(
    file,
    [...numbers].map((number) => `${file}:${number}-${number}`),
  );
  const isSame = (a: Mutant) => (b: Mutant) =>
    a.number === b.number && a.was === b.was && a.becomes === b.becomes;
  // A mutant of several lines is none of one line's: it stays.
  const survivors = before.survivors.filter(
    (each) => !oneLine(each.line).includes(each.was) || again.survivors.some(isSame(each)),
  );
  return { ...again, killed: before.killed + before.survivors.length - survivors.length, survivors };
}

/** Where it is by its text: a line's number changes with every line above. */
function describe({ location: { start, end }, replacement = "" }: MutantResult, lines: string[]): Mutant {
  const part = lines.slice(start.line - 1, end.line);
  part[part.length - 1] = part.at(-1)!.slice(0, end.column - 1);
  part[0] = part[0]!.slice(start.column - 1);
  return {
    ...{ line: lines[start.line - 1]!.trim(), number: start.line },
    ...{ was: oneLine(part.join("\n")), becomes: oneLine(replacement) },
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8"));
}
