import type { Package } from "./package.ts";

/** The page: a table of the packages, then each text once, under those that have it. */
export function licencesPage(packages: readonly Package[]): string {
  const rows = packages.map(
    ({ name, version, licence, within }) => `| ${name} | ${version} | ${licence} | ${within.join(", ")} |`,
  );
  const byText = Map.groupBy(
    packages.flatMap((each) => each.texts.map((text) => ({ ...each, text }))),
    ({ text }) => text,
  );
  const texts = [...byText].map(([text, of]) => {
    const names = of.map(({ name, version }) => `${name} ${version}`);
    return `## ${names.join(", ")}\n\n\`\`\`text\n${text}\n\`\`\``;
  });
  return `${[
    "# Licences of what is bundled",
    "Packages whose code is in the bundles that are deployed (splitter, worker, aggregator), in what plays the cloud on one machine (slot, emulator), or in the command line, and what our own sources were ported from. Made by `npm run licences`.",
    ["| package | version | licence | in |", "| --- | --- | --- | --- |", ...rows].join("\n"),
    ...texts,
  ].join("\n\n")}\n`;
}
