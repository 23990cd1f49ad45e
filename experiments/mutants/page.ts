/** The page docs/experiments/mutants.md: scores, and why the mutants that live are left alone. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Origin } from "../measuring/machine.ts";
import { markdown } from "../measuring/table.ts";
import { withSection } from "./section.ts";

/** Every file's share of its mutants that the tests should notice (percent). */
const GOAL = 90;
const PAGE = join(import.meta.dirname, "../../docs/experiments/mutants.md");
const JUDGED = join(import.meta.dirname, "judged.json");

/** A change that no test noticed: in this line, `was` became `becomes`. */
export interface Mutant {
  readonly line: string;
  readonly number: number;
  readonly was: string;
  readonly becomes: string;
}

export interface FileResult {
  readonly file: string;
  readonly from: Origin;
  /** A mutant that never ends is noticed too. */
  readonly killed: number;
  readonly survivors: readonly Mutant[];
}

/** Survivors in one line that somebody judged, each as [was, becomes], and why no test should tell them apart. */
interface Judgement {
  readonly line: string;
  readonly mutants: readonly (readonly [was: string, becomes: string])[];
  readonly why: string;
}
type Judged = Readonly<Record<string, readonly Judgement[]>>;

/** Writes the sections about mutants; the page's others stay. `files` are all that are to be mutated. */
export function writePage(files: readonly string[], results: readonly FileResult[]): void {
  const judged: Judged = JSON.parse(readFileSync(JUDGED, "utf8"));
  const rows = results
    .toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file))
    .map((result) => rowOf(result, judged[result.file] ?? []));
  const pending = files.filter((file) => !results.some((result) => result.file === file));
  const before = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
  const others = before.split(/^(?=## )/m).filter((section) => section.startsWith("## "));
  let page = [answer(rows, pending.length), ...others].join("\n");
  page = withSection(page, scores(rows, pending));
  page = withSection(page, survivors(rows));
  writeFileSync(PAGE, page);
}

interface Row extends FileResult {
  readonly mutants: number;
  readonly judged: readonly (Mutant & { readonly why: string })[];
  readonly unjudged: readonly Mutant[];
}

function rowOf(result: FileResult, judgements: readonly Judgement[]): Row {
  const whyOf = ({ line, was, becomes }: Mutant) =>
    judgements.find((each) => each.line === line && each.mutants.some(([a, b]) => a === was && b === becomes))
      ?.why;
  const { survivors, killed } = result;
  return {
    ...result,
    mutants: killed + survivors.length,
    judged: survivors.flatMap((each) => {
      const why = whyOf(each);
      return why === undefined ? [] : [{ ...each, why }];
    }),
    unjudged: survivors.filter((each) => whyOf(each) === undefined),
  };
}

const percent = (killed: number, mutants: number) => Math.floor((100 * killed) / Math.max(1, mutants));
const total = (rows: readonly Row[], count: (row: Row) => number) =>
  rows.reduce((sum, row) => sum + count(row), 0);

function answer(rows: readonly Row[], pending: number): string {
  const mutants = total(rows, (row) => row.mutants);
  const killed = total(rows, (row) => row.killed);
  const below = rows.filter((row) => percent(row.killed, row.mutants) < GOAL).length;
  const missed =
    below === 0 ? "each such file is" : `${rows.length - below} of ${rows.length} such files are`;
  const judged = total(rows, (row) => row.judged.length);
  return [
    "# mutants",
    "",
    `The unit tests notice ${percent(killed, mutants)} % of ${mutants} small changes to the code that decides; ${missed} at ${GOAL} % or more; ${judged} of the ${mutants - killed} changes left were judged, one by one.${pending > 0 ? ` ${pending} of ${rows.length + pending} files were not run yet.` : ""}`,
    "",
  ].join("\n");
}

function scores(rows: readonly Row[], pending: readonly string[]): string {
  const last = rows.map(({ from }) => from.date).toSorted();
  const { machine = "", node = "" } = rows[0]?.from ?? {};
  return [
    "## Scores",
    "",
    `Stryker changes an operator, a condition, a string or a block, and runs the tests that \`experiments/mutants/files.json\` lists for the file: those that are about it, as all would take hours. What only others notice counts as survived. Killed: a test failed, or never ended. Measured ${last[0]} to ${last.at(-1)}, ${machine}, Node ${node}, each file at the commit in its row, by \`npm run mutants\` (a quarter of a minute to five minutes a file at a load of 13; \`npm run mutants -- <file>\` does one, with \`--survivors\` only the lines that had any, after tests were added).`,
    "",
    markdown({
      title: "Mutants of each file",
      columns: ["file", "mutants", "killed", "survived", "of them judged", "score", "commit"],
      rows: rows.map(({ file, mutants, killed, survivors, judged, from }) => [
        `\`${file}\``,
        ...[mutants, killed, survivors.length, judged.length],
        `${percent(killed, mutants)} %`,
        from.commit,
      ]),
    }),
    "",
    ...(pending.length > 0 ? [`Not run yet: ${pending.map((file) => `\`${file}\``).join(", ")}.`, ""] : []),
  ].join("\n");
}

function survivors(rows: readonly Row[]): string {
  const code = (text: string) => `\`${text.replaceAll("|", "\\|").replaceAll("`", "'") || " "}\``;
  const cells = (file: string, { number, was, becomes }: Mutant) => [
    `\`${file}\`:${number}`,
    code(was),
    code(becomes),
  ];
  const judged = rows.flatMap(({ file, judged }) => judged.map((each) => [...cells(file, each), each.why]));
  const open = rows.flatMap(({ file, unjudged }) => unjudged.map((each) => cells(file, each)));
  return [
    "## Survivors",
    "",
    markdown({ title: "Judged", columns: ["where", "was", "becomes", "why it lives"], rows: judged }),
    "",
    ...(open.length > 0
      ? [markdown({ title: "Not judged yet", columns: ["where", "was", "becomes"], rows: open }), ""]
      : []),
    "The reasons are kept in `experiments/mutants/judged.json`.",
    "",
  ].join("\n");
}
