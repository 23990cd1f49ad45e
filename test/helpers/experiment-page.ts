import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readRecorded } from "../../experiments/measuring/experiment.ts";
import { ROOT } from "../../experiments/measuring/machine.ts";
import { render } from "../../experiments/measuring/page.ts";

/** An experiment's page in docs/experiments. */
export function storedPage(name: string): string {
  return readFileSync(join(ROOT, "docs/experiments", `${name}.md`), "utf8");
}

/** The page that the experiment's code makes now of what was recorded, by itself or by `source`. */
export async function pageFromResults(name: string, source = name): Promise<string> {
  const { page } = await import(join(ROOT, "experiments", name, "page.ts"));
  const { from, results } = readRecorded(source);
  return render(name, page(results), from, [source]);
}
