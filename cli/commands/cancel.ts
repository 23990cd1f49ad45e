import { runningIn } from "../../client/job-folder/claim/claim.ts";
import { folderOf, isJobHere } from "../../client/job-folder/job-folder.ts";
import { jobsMeant } from "../../client/jobs/meant-jobs.ts";
import { jsonLine } from "../terminal/text.ts";

export interface CancelOptions {
  /** The job lies where this engine's do; none: in the folder, where there is one, else in a deployment. */
  readonly engine?: string;
  readonly stack: string;
  readonly json?: boolean;
}

/** `manyhands cancel`: stops a job of a deployment, or one that a process of this machine computes. Returns the exit code. */
export async function cancel(named: string, { engine, stack, json }: CancelOptions): Promise<number> {
  // A process may be at a folder before it has stored its job there.
  const isHere = engine === undefined && (isJobHere(named) || !!(await runningIn(folderOf(named))));
  const jobs = await jobsMeant(engine, isHere)({ stack });
  return jobs.withJob(named, async (found) => {
    const { fields, sentence } = await found.cancel((sentence) => process.stderr.write(`${sentence}\n`));
    process.stdout.write(json ? jsonLine(fields) : `${sentence}\n`);
    return 0;
  });
}
