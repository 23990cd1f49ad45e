/** What an experiment's run.ts does: measure, keep the results, and make the page of them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Origin, origin, ROOT } from "./machine.ts";
import { type Page, publish } from "./page.ts";

/** The content of an experiment's results.json. */
export interface Recorded<Results> {
  readonly from: Origin;
  readonly results: Results;
}

/**
 * Measures and records, then makes the page; with `--page` only makes the page, of what was recorded before.
 *
 * @example await experiment("memory", measureAll, page);
 */
export async function experiment<Results>(
  name: string,
  measure: () => Promise<Results>,
  page: (results: Results) => Page,
): Promise<void> {
  if (!process.argv.includes("--page")) {
    const from = origin(`node experiments/${name}/run.ts`);
    const recorded: Recorded<Results> = { from, results: await measure() };
    writeFileSync(resultsFile(name), `${JSON.stringify(recorded, null, 2)}\n`);
  }
  const { from, results } = readRecorded<Results>(name);
  publish(name, page(results), from);
}

export function readRecorded<Results>(name: string): Recorded<Results> {
  return JSON.parse(readFileSync(resultsFile(name), "utf8"));
}

function resultsFile(name: string): string {
  return join(ROOT, "experiments", name, "results.json");
}
