import type { EngineAsked } from "../../client/engines/engines.ts";
import { isJobHere } from "../../client/job-folder/job-folder.ts";
import type { FoundStatus } from "../../client/jobs/job-store.ts";
import { jobsMeant } from "../../client/jobs/meant-jobs.ts";
import type { Site } from "../../client/remote/remote.ts";
import { isMap } from "../../shared/array/spec.ts";
import { inWords } from "../../shared/record/attendance.ts";
import type { JobStatus } from "../../shared/record/job-status.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { printable } from "../../shared/validation/printable.ts";
import { costLine, limitLine } from "../terminal/cost-line.ts";
import { planLine } from "../terminal/plan-line.ts";
import { laterText } from "../terminal/queues-text.ts";
import { ago, aligned, jsonLine, seconds, whatOf } from "../terminal/text.ts";

/** The job lies where the named engine has its own; none: in the folder, where there is one, else elsewhere. */
export interface StatusOptions extends EngineAsked {
  readonly json?: boolean;
}

/** `manyhands status`: how far a job is, from its folder, or from a deployment's store and queues. Returns the exit code. */
export async function status(named: string, { json, ...asked }: StatusOptions): Promise<number> {
  const jobs = await jobsMeant(asked, isJobHere(named));
  return jobs.withJob(named, async ({ site, status, next }) => {
    const found = await status();
    process.stdout.write(json ? jsonLine(asJson(found, site)) : asText(found, next(found), site));
    return 0;
  });
}

function asJson(found: FoundStatus, { fields }: Site) {
  const {
    jobId,
    job,
    state,
    chunks,
    summary,
    maxUsd,
    hasDamagedSummary,
    submission,
    queues,
    isUnattended,
    lacking,
  } = found;
  const { spec, submittedAtMs } = job;
  return {
    jobId,
    state,
    chunks,
    submittedAtMs,
    ramp: submission?.ramp ?? null,
    drainers: submission?.drainers ?? null,
    spec,
    cost: summary?.cost ?? null,
    plan: summary?.plan ?? null,
    maxUsd: maxUsd ?? null,
    summary: summary ?? null,
    ...(hasDamagedSummary && { hasDamagedSummary }),
    ...(queues && { queues }),
    ...(isUnattended !== undefined && { isUnattended }),
    ...(lacking && { lacking }),
    ...fields,
  };
}

function asText(found: FoundStatus, next: string, { lines }: Site): string {
  const { jobId, state, summary, queues, chunks, isUnattended } = found;
  const why = summary?.cancelledFor === "budget" ? " (it may cost no more)" : "";
  return aligned(`${jobId}: ${state}${why}${isUnattended ? `, ${inWords(chunks)}` : ""}`, [
    ...about(found),
    ...(queues && !summary ? [["queues", queueText(queues)] as const] : []),
    ["next", next],
    ...lines,
  ]);
}

type Line = readonly [string, string];

function about({ job, chunks, summary, submission, maxUsd, lacking }: JobStatus): Line[] {
  const done = Math.floor((100 * chunks.done) / chunks.total);
  const failed = chunks.failed > 0 ? `, ${count(chunks.failed)} failed` : "";
  return [
    ["job", `${whatOf(job.spec)}, submitted ${ago(job.submittedAtMs)}`],
    [
      isMap(job.spec) ? "shards" : "chunks",
      `${count(chunks.done)} of ${count(chunks.total)} stored (${done} %)${failed}`,
    ],
    ...(lacking ? [["lacking", lackingText(lacking)] as const] : []),
    ...(summary?.items ? [["items", itemsText(summary.items)] as const] : []),
    ...(submission?.ramp === "burst"
      ? [["ramp", `burst, ${counted(submission.drainers, "worker")} started by the splitter`] as const]
      : []),
    ...(summary
      ? [["makespan", `${seconds(summary.makespanMs)} on ${counted(summary.workers, "worker")}`] as const]
      : []),
    ...(summary ? [...costLine(summary), ...planLine(summary)] : []),
    ...limitLine(maxUsd),
  ];
}

function lackingText({ worker, reason, atMs }: NonNullable<JobStatus["lacking"]>): string {
  return printable(`${worker} left messages to others, ${ago(atMs)}. ${reason}`);
}

function itemsText({ total, given, failed }: NonNullable<Summary["items"]>): string {
  return `${count(given)} of ${count(total)} gave a value, ${count(failed)} failed`;
}

function queueText({ chunks, results }: NonNullable<FoundStatus["queues"]>): string {
  const reports = count(results.waiting + results.inFlight);
  const wait = chunks.waiting === 1 ? "waits" : "wait";
  return `${counted(chunks.waiting, "message")} ${wait}${laterText(chunks)}, ${count(chunks.inFlight)} in work or put off after a failure; ${reports} reports under way (all jobs)`;
}
