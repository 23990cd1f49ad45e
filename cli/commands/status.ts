import { existsSync } from "node:fs";
import { join } from "node:path";
import { isIdle } from "../../shared/ports/queue.ts";
import { commandLine, pathOf, stackOption } from "../../shared/validation/command-line.ts";
import type { Deployment } from "../cloud/deployment.ts";
import { type JobStatus, readStatus } from "../cloud/job-status.ts";
import type { sharedQueues } from "../cloud/remote-job.ts";
import { engineNamed } from "../engines/engines.ts";
import { folderOf, openJobFolder } from "../job-folder/job-folder.ts";
import { readLocalStatus } from "../job-folder/local-status.ts";
import { jobIdOf } from "../request/new-job.ts";
import { placeOf, siteLines } from "../terminal/report.ts";
import { ago, aligned, count, counted, jsonLine, seconds, whatOf } from "../terminal/text.ts";

export interface StatusOptions {
  /** `aws` for a deployment, any other for a folder; none: the folder, where there is one. */
  readonly engine?: string;
  readonly stack: string;
  readonly json?: boolean;
}

type Queues = Awaited<ReturnType<typeof sharedQueues>>;

/** `manyhands status`: how far a job is, from its folder, or from a deployment's store and queues. Returns the exit code. */
export async function status(named: string, { engine, stack, json }: StatusOptions): Promise<number> {
  if (engine !== undefined) engineNamed(engine);
  const isHere = existsSync(join(folderOf(named), "job.json"));
  if (engine === undefined ? isHere : engine !== "aws") return statusHere(named, json);
  const id = jobIdOf(named);
  // The SDK takes a second to load, which who asks for a folder need not wait for.
  const { withCloud } = await import("../cloud/cloud.ts");
  const { readRemoteJob, sharedQueues } = await import("../cloud/remote-job.ts");
  return withCloud(stack, async (cloud) => {
    const job = await readRemoteJob(cloud, id);
    const { region, bucket } = cloud.deployment;
    const [found, queues] = await Promise.all([readStatus(cloud.store, job), sharedQueues(cloud)]);
    process.stdout.write(
      json
        ? jsonLine({ ...asJson(found), queues, stack, region, bucket })
        : asText(found, queues, cloud.deployment),
    );
    return 0;
  });
}

async function statusHere(named: string, json = false): Promise<number> {
  const { folder, job } = openJobFolder(named);
  const found = await readLocalStatus({ folder, job });
  if (json) {
    process.stdout.write(jsonLine({ ...asJson(found), folder }));
    return 0;
  }
  const lines = [
    ...about(found),
    ["next", nextHere(found, folder)],
    ["where", `${placeOf(folder)}/`],
  ] as const;
  process.stdout.write(aligned(`${job.jobId}: ${found.state}`, lines));
  return 0;
}

function nextHere({ jobId, state, hasDamagedSummary }: JobStatus, folder: string): string {
  const resume = `\`${commandLine("resume", pathOf(folder))}\``;
  const remote = `\`${commandLine("status", jobId, "--engine", "aws")}\``;
  if (hasDamagedSummary) return `its summary is damaged: ${resume} makes it again`;
  if (state === "complete") return "nothing: it has all its chunks";
  if (state === "running" || state === "submitting") return "a process of this machine is at it";
  if (state !== "unfinished") return `${resume} computes what is missing`;
  return `no process is at it: ${resume} goes on; of one that was fetched, ${remote} tells more`;
}

function asJson({ jobId, job, state, chunks, summary, hasDamagedSummary, submission }: JobStatus) {
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
  };
}

function asText(found: JobStatus, queues: Queues, deployment: Deployment): string {
  const { jobId, state, summary } = found;
  return aligned(`${jobId}: ${state}`, [
    ...about(found),
    ...(summary ? [] : [["queues", queueText(queues)] as const]),
    ["next", nextStep(found, queues, deployment.stack)],
    ...siteLines(deployment),
  ]);
}

type Line = readonly [string, string];

function about({ job, chunks, summary, submission }: JobStatus): Line[] {
  const done = Math.floor((100 * chunks.done) / chunks.total);
  const failed = chunks.failed > 0 ? `, ${count(chunks.failed)} failed` : "";
  return [
    ["job", `${whatOf(job.spec)}, submitted ${ago(job.submittedAtMs)}`],
    ["chunks", `${count(chunks.done)} of ${count(chunks.total)} stored (${done} %)${failed}`],
    ...(submission?.ramp === "burst"
      ? [["ramp", `burst, ${counted(submission.drainers, "worker")} started by the splitter`] as const]
      : []),
    ...(summary
      ? [["makespan", `${seconds(summary.makespanMs)} on ${counted(summary.workers, "worker")}`] as const]
      : []),
  ];
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
