import { existsSync } from "node:fs";
import { join } from "node:path";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { cancelJob } from "../../shared/record/control.ts";
import { commandLine, pathOf, stackOption } from "../../shared/validation/command-line.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { cancelRemote } from "../cloud/cancel.ts";
import { withCloud } from "../cloud/cloud.ts";
import type { JobStatus } from "../cloud/job-status.ts";
import { mountsOf } from "../engines/engine.ts";
import { runningIn } from "../job-folder/claim/claim.ts";
import { folderOf, openJobFolder } from "../job-folder/job-folder.ts";
import { jobIdOf } from "../request/new-job.ts";
import { count, counted, jsonLine } from "../terminal/text.ts";

export interface CancelOptions {
  readonly stack: string;
  readonly json?: boolean;
}

/** `manyhands cancel`: stops a job of a deployment, or one that a process of this machine computes. Returns the exit code. */
export async function cancel(named: string, { stack, json }: CancelOptions): Promise<number> {
  const folder = folderOf(named);
  const onWait = (sentence: string) => process.stderr.write(`${sentence}\n`);
  if (await runningIn(folder, { onWait })) return cancelHere(named, json);
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_PROFILE } = process.env;
  const isElsewhere = folder !== named && (AWS_REGION || AWS_DEFAULT_REGION || AWS_PROFILE);
  if (existsSync(join(folder, "job.json")) && !isElsewhere)
    throw new InvalidInputError(
      "job",
      "one that is running",
      `${show(named)}, whose folder no process is at`,
    );
  const id = jobIdOf(named);
  return withCloud(stack, async (cloud) => {
    const status = await cancelRemote(cloud, id);
    const { state, chunks } = status;
    if (json) process.stdout.write(jsonLine({ jobId: id, state, chunks }));
    else process.stdout.write(`${cancelled(status, stack)}\n`);
    return 0;
  });
}

/** What has become of a job that was cancelled. */
export function cancelled(
  { jobId, state, chunks }: Pick<JobStatus, "jobId" | "state" | "chunks">,
  stack: string,
): string {
  const stored = `${count(chunks.done)} of ${counted(chunks.total, "chunk")} are stored`;
  if (state !== "cancelled")
    return `Job ${jobId} was ${state} before it could be cancelled: ${stored}. Who is about to resume it is stopped.`;
  const resume = commandLine("resume", jobId, "--engine", "aws", ...stackOption(stack));
  return `Cancelled: ${stored}. This goes on with the others:\n  ${resume}`;
}

/** Its own process sees the marker within a second. */
async function cancelHere(named: string, json = false): Promise<number> {
  const { folder, job } = openJobFolder(named);
  const { jobId } = job;
  await cancelJob(new FileStore(mountsOf(jobId, folder)), jobId, Date.now());
  process.stdout.write(
    json
      ? jsonLine({ jobId, state: "cancelled" })
      : `Cancelled: no chunk of ${jobId} is begun any more. This goes on with those that lack:\n  ${commandLine("resume", pathOf(folder))}\n`,
  );
  return 0;
}
