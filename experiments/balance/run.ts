/** Records what the chunks of a real job cost; the page shows what each way of handing them out makes of it. */
import { experiment } from "../measuring/experiment.ts";
import { page, REPEATS } from "./page.ts";
import { record } from "./recording.ts";

await experiment("balance", measure, page);

async function measure(): Promise<string[]> {
  const runs: string[] = [];
  for (let repeat = 1; repeat <= REPEATS; repeat++) {
    runs.push(await record());
    console.error(`run ${repeat} of ${REPEATS}`);
  }
  return runs;
}
