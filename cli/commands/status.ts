import { commandLine, stackOption } from "../../shared/command-line.ts";
import { isIdle } from "../../shared/queues/queue.ts";
import { withCloud } from "../cloud/cloud.ts";
import type { Deployment } from "../cloud/deployment.ts";
import { type JobStatus, readRemoteJob, readStatus, sharedQueues } from "../cloud/remote-job.ts";
import { jobIdOf } from "../new-job.ts";
import { siteLines } from "../report.ts";
import { ago, aligned, count, counted, jsonLine, seconds, whatOf } from "../text.ts";

export interface StatusOptions {
  readonly stack: string;
  readonly json?: boolean;
}

type Queues = Awaited<ReturnType<typeof sharedQueues>>;

/** `manyhands status`: how far a job is, from the store and the queues. Returns the exit code. */
export async function status(jobId: string, { stack, json }: StatusOptions): Promise<number> {
  const id = jobIdOf(jobId);
  return withCloud(stack, async (cloud) => {
    const job = await readRemoteJob(cloud, id);
    const [found, queues] = await Promise.all([readStatus(cloud.store, job), sharedQueues(cloud)]);
    process.stdout.write(
      json ? jsonLine(asJson(found, queues, cloud.deployment)) : asText(found, queues, cloud.deployment),
    );
    return 0;
  });
}

function asJson(
  { jobId, job, state, chunks, summary, hasDamagedSummary, submission }: JobStatus,
  queues: Queues,
  deployment: Deployment,
) {
  const { stack, region, bucket } = deployment;
  const { spec, submittedAtMs } = job;
  return {
    jobId,
    state,
    chunks,
    submittedAtMs,
    ramp: submission?.ramp ?? null,
    drainers: submission?.drainers ?? null,
    spec,
    summary: summary ?? null,
    ...(hasDamagedSummary && { hasDamagedSummary }),
    queues,
    stack,
    region,
    bucket,
  };
}

function asText(found: JobStatus, queues: Queues, deployment: Deployment): string {
  const { jobId, job, state, chunks, summary, submission } = found;
  const done = Math.floor((100 * chunks.done) / chunks.total);
  const failed = chunks.failed > 0 ? `, ${count(chunks.failed)} failed` : "";
  return aligned(`${jobId}: ${state}`, [
    ["job", `${whatOf(job.spec)}, submitted ${ago(job.submittedAtMs)}`],
    ["chunks", `${count(chunks.done)} of ${count(chunks.total)} stored (${done} %)${failed}`],
    ...(submission?.ramp === "burst"
      ? [["ramp", `burst, ${counted(submission.drainers, "worker")} started by the splitter`] as const]
      : []),
    ...(summary
      ? [["makespan", `${seconds(summary.makespanMs)} on ${counted(summary.workers, "worker")}`] as const]
      : [["queues", queueText(queues)] as const]),
    ["next", nextStep(found, queues, deployment.stack)],
    ...siteLines(deployment),
  ]);
}

function queueText({ chunks, results }: Queues): string {
  const reports = count(results.waiting + results.inFlight);
  return `${count(chunks.waiting)} messages wait, ${count(chunks.inFlight)} in work or put off after a failure; ${reports} reports under way (all jobs)`;
}

function nextStep(found: JobStatus, { chunks, results }: Queues, stack: string): string {
  const { jobId, state, round, hasDamagedSummary } = found;
  const command = (name: string, ...options: string[]) =>
    `\`${commandLine(name, jobId, ...options, ...stackOption(stack))}\``;
  if (hasDamagedSummary) return `its summary is damaged: ${command("aggregate")} makes it again`;
  if (state === "submitting") {
    const again =
      round > 0
        ? `${command("resume", "--engine", "aws")} goes on`
        : "submit the same request with the same --job-id again";
    return `the splitter is sending messages; where it broke off, ${again}`;
  }
  if (state === "running") {
    return isIdle(chunks) && isIdle(results)
      ? `nothing is queued any more: ${command("aggregate")} settles what is missing, a check does so later by itself`
      : `${command("attach")} follows it`;
  }
  const resume =
    state === "complete" ? "" : `${command("resume", "--engine", "aws")} computes what is missing, `;
  return `${resume}${command("fetch")} brings the results, ${command("delete")} removes them there`;
}
