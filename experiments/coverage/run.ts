/** Which lines the unit and flow tests run, in this process, in the bundles and in all processes that the tests start. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { origin } from "../measuring/machine.ts";
import { markdown, type Table } from "../measuring/table.ts";
import { CoverageReport } from "../mutants/monocart.ts";
import { publishSection } from "../mutants/section.ts";

const ROOT = join(import.meta.dirname, "../..");
const MEASURED = ["functions", "plots", "shared"];
/** AssemblyScript, and what makes tables when a developer says so. */
const NOT_MEASURED = ["shared/kernels/wasm", "plots/generate"];

/** What Istanbul's JSON says of a file, as Vitest writes it. */
interface Statements {
  readonly statementMap: Readonly<Record<string, { readonly start: { readonly line: number } }>>;
  readonly s: Readonly<Record<string, number>>;
}
type Lines = ReadonlyMap<number, boolean>;

const { positionals: tests } = parseArgs({ allowPositionals: true });
const folder = mkdtempSync(join(tmpdir(), "manyhands-coverage-"));
const children = join(folder, "children");
mkdirSync(children);
// Bundles with source maps take the place of those that were built.
rmSync(join(ROOT, "dist"), { recursive: true, force: true });
try {
  const { status } = runTests();
  const here = linesHere();
  const there = await linesInBundles();
  const counts = [...here].sort().map(([file, lines]) => countIn(file, lines, there.get(file) ?? new Map()));
  const tables = [
    tableOf("folder", summed([...Map.groupBy(counts, ({ name }) => dirname(name))])),
    tableOf("file", counts),
  ];
  console.log(tables.map(markdown).join("\n\n"));
  const about = `Statements' lines that the unit and flow tests (with SLOW=1 the slow ones) run${tests.length > 0 ? ` (only those in ${tests.join(", ")})` : ""}. Vitest alone sees its own process; the other column is what the bundles ran in slots, in the command line and in the embedded cloud. That is the least: a slot is killed, and what it did in its last half second is not counted; bundles that a test makes for kernels of its own are not either.`;
  const command = `${process.env.SLOW ? "SLOW=1 " : ""}npm run coverage`;
  const from = origin([command, ...(tests.length > 0 ? ["--"] : []), ...tests].join(" "));
  publishSection("mutants", "Coverage", about, from, tables);
  process.exitCode = status ?? 1;
} finally {
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

function runTests() {
  const args = [
    ...["run", "--config", "experiments/coverage/vitest.config.ts", "--root", ROOT],
    ...["--project", "unit", "--project", "flow", ...(process.env.SLOW ? ["--project", "slow"] : [])],
    ...["--coverage.enabled", "--coverage.reporter=json", "--coverage.reportOnFailure"],
    ...[`--coverage.reportsDirectory=${join(folder, "here")}`],
    ...MEASURED.map((each) => `--coverage.include=${each}/**/*.ts`),
    ...NOT_MEASURED.map((each) => `--coverage.exclude=${each}/**`),
    ...tests,
  ];
  const env = {
    ...process.env,
    COVERAGE_OF_CHILDREN: children,
    BUNDLE_PRELOAD: join(import.meta.dirname, "take.cjs"),
  };
  return spawnSync(join(ROOT, "node_modules/.bin/vitest"), args, { cwd: ROOT, env, stdio: "inherit" });
}

function linesHere(): Map<string, Lines> {
  const found: Record<string, Statements> = JSON.parse(
    readFileSync(join(folder, "here/coverage-final.json"), "utf8"),
  );
  return new Map(
    Object.entries(found).map(([path, { statementMap, s }]) => {
      const lines = new Map<number, boolean>();
      for (const [id, { start }] of Object.entries(statementMap))
        lines.set(start.line, (lines.get(start.line) ?? false) || s[id]! > 0);
      return [relative(ROOT, path), lines];
    }),
  );
}

async function linesInBundles(): Promise<Map<string, Lines>> {
  const report = new CoverageReport({
    ...{ outputDir: join(folder, "report"), baseDir: ROOT, reports: [], logging: "error" },
    entryFilter: ({ url }) => url.startsWith(`file://${ROOT}/dist/`),
    sourceFilter: (path) => MEASURED.some((each) => path.includes(`${each}/`)),
  });
  await report.addFromDir(children);
  const { files = [] } = (await report.generate()) ?? {};
  return new Map(
    files.map(({ sourcePath, data }) => {
      const { lines = {} } = data;
      // "1/2" is a line with a branch that was not taken.
      const ran = Object.entries(lines).map(
        ([line, count]) => [Number(line), Number.parseInt(`${count}`, 10) > 0] as const,
      );
      return [sourcePath.replace(/^.*?(?=(functions|plots|shared)\/)/, ""), new Map(ran)];
    }),
  );
}

/** Lines of a file or folder, and how many of them ran where. */
interface Count {
  readonly name: string;
  readonly lines: number;
  readonly here: number;
  readonly there: number;
  readonly either: number;
}

function countIn(name: string, here: Lines, there: Lines): Count {
  const count = (isRun: (line: number) => boolean | undefined) => [...here.keys()].filter(isRun).length;
  return {
    ...{
      name,
      lines: here.size,
      here: count((line) => here.get(line)),
      there: count((line) => there.get(line)),
    },
    either: count((line) => here.get(line) || there.get(line)),
  };
}

/** A row for each folder, and one for all. */
function summed(folders: readonly (readonly [folder: string, files: readonly Count[]])[]): Count[] {
  const sum = (name: string, files: readonly Count[]): Count => {
    const total = (of: (file: Count) => number) => files.reduce((so, file) => so + of(file), 0);
    return {
      ...{ name, lines: total(({ lines }) => lines), here: total(({ here }) => here) },
      ...{ there: total(({ there }) => there), either: total(({ either }) => either) },
    };
  };
  const rows = folders.map(([folder, files]) => sum(folder, files));
  return [...rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)), sum("all", rows)];
}

function tableOf(what: string, counts: readonly Count[]): Table {
  const share = (ran: number, lines: number) => `${lines > 0 ? Math.floor((100 * ran) / lines) : 100} %`;
  return {
    title: `Lines that the tests run, by ${what}`,
    columns: [what, "lines", "in the tests' process", "in bundles and child processes", "in either"],
    rows: counts.map(({ name, lines, here, there, either }) => [
      `\`${name}\``,
      lines,
      ...[here, there, either].map((ran) => share(ran, lines)),
    ]),
  };
}
