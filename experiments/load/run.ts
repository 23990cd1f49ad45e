/** What many chunks cost: through the embedded cloud, the aggregator's requests, and the splitter of a million. */
import { join } from "node:path";
import { aggregatedJob } from "../../test/helpers/aggregated-job.ts";
import { experiment } from "../measuring/experiment.ts";
import { inOwnProcess } from "../measuring/own-process.ts";
import { JOBS, page, REPEATS, SPLITS } from "./page.ts";
import type { Split } from "./split.ts";
import type { WholeJob } from "./whole-job.ts";

const COUNTED = [1_000, 10_000, 100_000];
/** Aggregators at work, and the share of the chunks that is reported twice. */
const AGGREGATORS = [
  { environments: 1, repeated: 0 },
  { environments: 2, repeated: 0 },
  { environments: 2, repeated: 0.05 },
];

await experiment("load", measure, page);

/** What results.json holds. */
export type Results = Awaited<ReturnType<typeof measure>>;

async function measure() {
  const [jobs, splits]: [WholeJob[], Split[]] = [[], []];
  const file = (name: string) => join(import.meta.dirname, name);
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const size of JOBS)
      jobs.push(await inOwnProcess(file("whole-job.ts"), "runWholeJob", ...size, "auto"));
    for (const { side, perMessage } of SPLITS)
      splits.push(await inOwnProcess(file("split.ts"), "runSplit", side, perMessage));
  }
  const counted = [];
  for (const chunks of COUNTED)
    for (const among of AGGREGATORS) {
      const { summary, ...counts } = await aggregatedJob(chunks, among);
      if (summary?.state !== "complete") throw new Error("Expected the job to be complete");
      counted.push({ chunks, ...among, ...counts });
    }
  return { jobs, splits, counted };
}
