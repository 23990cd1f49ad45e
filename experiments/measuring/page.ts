import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** A number means nothing without these. */
export interface Origin {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  readonly command: string;
}

export function origin(command: string): Origin {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
  const changed =
    git("status", "--porcelain", "--", "cli", "functions", "shared") === "" ? "" : " with changes";
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: git("rev-parse", "--short", "HEAD") + changed,
    machine: `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, shared and noisy`,
    node: process.version,
    command,
  };
}

/** Where a page is made again from what an earlier commit recorded, it says so: what follows from it may have changed. */
function measured({ date, machine, node, commit, command }: Origin): string {
  const now = origin(command).commit;
  const since = now === commit ? "" : ` (tables made from it at ${now})`;
  return `Measured on ${date}, ${machine}, Node ${node}, commit ${commit}${since}`;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Keeps the results as JSON beside the experiment and the tables as a page in docs/experiments. */
export function publish(
  name: string,
  about: string,
  from: Origin,
  results: unknown,
  tables: readonly Table[],
): void {
  writeFileSync(
    join(ROOT, "experiments", name, "results.json"),
    `${JSON.stringify({ from, results }, null, 2)}\n`,
  );
  const page = [
    `# ${name}`,
    about,
    `${measured(from)}.`,
    ...tables.map(markdown),
    `Made by \`${from.command}\` from \`experiments/${name}/results.json\`.`,
  ];
  writeFileSync(join(ROOT, "docs/experiments", `${name}.md`), `${page.join("\n\n")}\n`);
}

/** Writes one section of a page in docs/experiments, or replaces it; the page's other sections stay. */
export function publishSection(
  page: string,
  heading: string,
  about: string,
  from: Origin,
  tables: readonly Table[],
): void {
  const path = join(ROOT, "docs/experiments", `${page}.md`);
  const section = [
    `## ${heading}`,
    about,
    `${measured(from)}, by \`${from.command}\`.`,
    ...tables.map(markdown),
  ];
  const before = existsSync(path) ? readFileSync(path, "utf8") : `# ${page}\n`;
  writeFileSync(path, withSection(before, `${section.join("\n\n")}\n`));
}

/** `page` with `section`, which begins with its heading `## …`, in place of the one of that heading, else at its end. */
export function withSection(page: string, section: string): string {
  const heading = section.slice(0, section.indexOf("\n"));
  const sections = page.split(/^(?=## )/m);
  const at = sections.findIndex((each) => each.split("\n", 1)[0] === heading);
  const kept = sections.map((each) => each.trimEnd());
  if (at < 0) kept.push(section.trimEnd());
  else kept[at] = section.trimEnd();
  return `${kept.join("\n\n")}\n`;
}

/** Median with the smallest and largest in brackets. */
export function spread(values: readonly number[], digits = 0): string {
  const sorted = values.toSorted((a, b) => a - b);
  const show = (value = Number.NaN) => value.toFixed(digits);
  return `${show(median(sorted))} (${show(sorted[0])} to ${show(sorted.at(-1))})`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = low] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

/** The most memory a process had at any time (MB), or undefined once it is gone. Linux only. */
export function peakMemoryMb(pid: number | "self"): number | undefined {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

export function markdown({ title, columns, rows }: Table): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [`**${title}**`, "", line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}
