import type { EngineAsked } from "../../client/engines/engines.ts";
import { runningIn } from "../../client/job-folder/claim/claim.ts";
import { folderOf, isJobHere } from "../../client/job-folder/job-folder.ts";
import { jobsMeant } from "../../client/jobs/meant-jobs.ts";
import { jsonLine } from "../terminal/text.ts";

/** The job lies where the named engine has its own; none: in the folder, where there is one, else elsewhere. */
export interface CancelOptions extends EngineAsked {
  readonly json?: boolean;
}

/** `manyhands cancel`: stops a job of a deployment, or one that a process of this machine computes. Returns the exit code. */
export async function cancel(named: string, { json, ...asked }: CancelOptions): Promise<number> {
  // A process may be at a folder before it has stored its job there.
  const isHere = asked.engine === undefined && (isJobHere(named) || !!(await runningIn(folderOf(named))));
  const jobs = await jobsMeant(asked, isHere);
  return jobs.withJob(named, async (found) => {
    const { fields, sentence } = await found.cancel((sentence) => process.stderr.write(`${sentence}\n`));
    process.stdout.write(json ? jsonLine(fields) : `${sentence}\n`);
    return 0;
  });
}
