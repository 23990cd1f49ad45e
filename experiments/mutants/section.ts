/** A page whose sections are made by several commands. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Origin, ROOT } from "../measuring/machine.ts";
import { markdown, type Table } from "../measuring/table.ts";

/** Writes one section of a page in docs/experiments, or replaces it; the page's other sections stay. */
export function publishSection(
  page: string,
  heading: string,
  about: string,
  { date, machine, node, commit, command }: Origin,
  tables: readonly Table[],
): void {
  const path = join(ROOT, "docs/experiments", `${page}.md`);
  const section = [
    `## ${heading}`,
    about,
    `Measured on ${date}, ${machine}, Node ${node}, commit ${commit}, by \`${command}\`.`,
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
