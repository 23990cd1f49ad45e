/** Measures the peak memory of every process of runs on the local engine. */
import { join } from "node:path";
import { experiment } from "../measuring/experiment.ts";
import { inOwnProcess } from "../measuring/own-process.ts";
import type { LargeJob } from "./large-job.ts";
import { MEMORY_MB, page, REPEATS, SIDES } from "./page.ts";

await experiment("memory", measure, page);

async function measure(): Promise<LargeJob[]> {
  const file = join(import.meta.dirname, "large-job.ts");
  const jobs: LargeJob[] = [];
  for (const side of SIDES) {
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      for (const mb of Object.values(MEMORY_MB)) jobs.push(await inOwnProcess(file, "runLargeJob", side, mb));
    }
  }
  return jobs;
}
