/** An experiment's page in docs/experiments: a pure function of what was recorded. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Origin, ROOT } from "./machine.ts";
import { markdown, type Table } from "./table.ts";

export interface Page {
  /** What the experiment found, in one sentence with its figures. */
  readonly answer: string;
  /** What was measured, how, and how to read the tables; Markdown. */
  readonly about: string;
  readonly tables: readonly Table[];
  /** Draws the pictures that `about` shows, by name in docs/pictures. */
  readonly pictures?: Readonly<Record<string, () => Uint8Array | string>>;
}

/** The page as Markdown. `sources` are the experiments whose results it shows. */
export function render(
  name: string,
  { answer, about, tables }: Page,
  { date, machine, node, commit }: Origin,
  sources: readonly string[],
): string {
  const files = sources.map((source) => `\`experiments/${source}/results.json\``);
  const parts = [
    `# ${name}`,
    `**${answer}**`,
    about,
    `Measured on ${date}, ${machine}, Node ${node}, commit ${commit}.`,
    ...tables.map(markdown),
    `Made by \`node experiments/${name}/run.ts\` from ${files.join(", ")}.`,
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Writes the page and its pictures. */
export function publish(name: string, page: Page, from: Origin, sources: readonly string[] = [name]): void {
  writeFileSync(join(ROOT, "docs/experiments", `${name}.md`), render(name, page, from, sources));
  for (const [file, draw] of Object.entries(page.pictures ?? {}))
    writeFileSync(join(ROOT, "docs/pictures", file), draw());
}
