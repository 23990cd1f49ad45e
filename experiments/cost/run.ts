/** Records what parts of six jobs take, and runs one of them at five points of the space; the page simulates the rest. */
import { experiment } from "../measuring/experiment.ts";
import { openCpuShares } from "../throttled-slot/cpu-share.ts";
import { type Confirmed, POINTS, runPoint } from "./confirmation.ts";
import { JOBS, kernelOf } from "./jobs.ts";
import { page, ROUNDS } from "./page.ts";
import { recordField } from "./recording.ts";

await experiment("cost", measure, page);

/** What results.json holds. */
export type Results = Awaited<ReturnType<typeof measure>>;

async function measure() {
  openCpuShares().close(); // before all else: it says where it cannot be done
  /** In the order of JOBS. */
  const fields: string[] = [];
  for (const job of JOBS) {
    fields.push(recordField(await kernelOf(job), job));
    console.error(`recorded ${job.title}`);
  }
  /** By round, in the order of POINTS. */
  const confirmed: Confirmed[][] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const points: Confirmed[] = [];
    for (const point of POINTS) points.push(await runPoint(point));
    confirmed.push(points);
    console.error(`round ${round} of ${ROUNDS}`);
  }
  return { fields, confirmed };
}
