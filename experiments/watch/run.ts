/** Whether the live page stays smooth while the reports of many chunks come, and what serving it takes. */
import { existsSync } from "node:fs";
import { experiment } from "../measuring/experiment.ts";
import { page, REPEATS, SECONDS, SIZES } from "./page.ts";
import { type Seen, seePage } from "./seen-page.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

await experiment("watch", measure, page);

async function measure(): Promise<Seen[]> {
  if (CHROMIUM === undefined)
    throw new Error("Expected /usr/bin/chromium: `apt-get install chromium` brings it");
  const seen: Seen[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++)
    for (const { chunks, workers } of SIZES)
      for (const browser of [undefined, CHROMIUM]) {
        const one = await seePage(chunks, SECONDS, workers, browser);
        console.error(JSON.stringify(one));
        seen.push(one);
      }
  return seen;
}
