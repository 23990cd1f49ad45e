import * as v from "valibot";
import { JobIdSchema, jobIdOf } from "../../shared/messages/job-id.ts";
import { JOBS_PREFIX } from "../../shared/ports/keys.ts";
import { isEmpty, isIdle, type QueueDepth } from "../../shared/ports/queue.ts";
import { isUnattended } from "../../shared/record/attendance.ts";
import { type JobStatus, readStatus } from "../../shared/record/job-status.ts";
import { withMore } from "../../shared/record/with-more.ts";
import { commandLine } from "../../shared/validation/command-line.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { LoggedJob } from "../cloud/logged-job.ts";
import { siteOf } from "./deployment-site.ts";
import type { Cancelled, FoundCost, FoundJob, FoundStatus, JobPlace, JobStore } from "./job-store.ts";
import { isUnread, latestJobs } from "./latest-jobs.ts";

/** The jobs of a deployment, by their ids. Its methods reject with CloudError, too. */
export function deploymentJobs({ stack }: JobPlace): JobStore {
  return {
    owner: "a deployment",

    list: (most) =>
      usingCloud(stack, async ({ store, deployment, clients }) => {
        const ids: string[] = [];
        for await (const id of store.folders(JOBS_PREFIX)) if (v.is(JobIdSchema, id)) ids.push(id);
        const { latest, older } = await latestJobs(store, ids, most);
        const isAnyRunning = latest.some((found) => !isUnread(found) && found.state === "running");
        const { queueDepth } = await import("../cloud/queue-depths.ts");
        const chunks = isAnyRunning ? await queueDepth(clients.sqs, deployment.chunkQueue) : undefined;
        return {
          latest: latest.map((found) => (isUnread(found) ? found : { ...found, ...attended(found, chunks) })),
          older,
          place: `stack ${stack} in ${deployment.place}`,
          fieldsOf: () => ({ stack }),
        };
      }),

    async withJob(named, use) {
      const id = jobIdOf(named);
      return usingCloud(stack, async (cloud) => use(await find(cloud, id)));
    },
  };
}

/** The SDK takes a second to load, so it is loaded once a deployment is asked, and never for a folder or a wrong id. */
async function usingCloud<Result>(stack: string, use: (cloud: Cloud) => Promise<Result>): Promise<Result> {
  const { withCloud } = await import("../cloud/cloud.ts");
  return withCloud(stack, use);
}

async function find(cloud: Cloud, jobId: string): Promise<FoundJob> {
  const { readRemoteJob, sharedQueues } = await import("../cloud/remote-job.ts");
  const job = await readRemoteJob(cloud, jobId);
  const site = siteOf(cloud.deployment);
  return {
    ...{ job, store: cloud.store, site },
    status: async () => {
      const [status, queues] = await Promise.all([readStatus(cloud.store, job), sharedQueues(cloud)]);
      return { ...status, queues, ...attended(status, queues.chunks) };
    },
    next: (status) => nextStep(status, site.options),
    cost: async () => {
      const [{ loggedJob }, { pricesHere }] = await Promise.all([
        import("../cloud/logged-job.ts"),
        import("../prices/own-prices.ts"),
      ]);
      return costFound(await loggedJob(cloud, job, pricesHere(cloud.deployment.region)));
    },
    cancel: async () => {
      const { cancelRemote } = await import("../cloud/cancel.ts");
      return cancelled(await cancelRemote(cloud, jobId), site.options);
    },
  };
}

function attended({ state, submission }: JobStatus, chunks: QueueDepth | undefined) {
  if (!chunks || !submission || state !== "running") return {};
  return { isUnattended: isUnattended(chunks, Date.now() - submission.submittedAtMs) };
}

function costFound({ cost, ofOthers, ofNone, counted: requests }: LoggedJob): FoundCost {
  if (cost.basis !== "logged")
    return {
      cost,
      remarks: ["The functions' logs have nothing of this job any more: this is by its reports."],
    };
  const bucket = requests?.put === undefined ? "by formula" : "as CloudWatch counted them";
  const remarks = [`Invocations are as the functions' logs say, S3's requests ${bucket}.`];
  if (ofOthers > 0)
    remarks.push(
      `Other jobs ran meanwhile: ${counted(ofOthers, "invocation")} of theirs left out, and ${counted(ofNone, "invocation")} that ${ofNone === 1 ? "names" : "name"} no job counted here.`,
    );
  if (requests && requests.redelivered > 0)
    remarks.push(`${counted(requests.redelivered, "message")} came again.`);
  return { cost, remarks };
}

function nextStep(found: FoundStatus, options: readonly string[]): string {
  const { jobId, state, round, summary, hasDamagedSummary, queues } = found;
  const command = (name: string, ...more: string[]) => `\`${commandLine(name, jobId, ...more, ...options)}\``;
  if (hasDamagedSummary) return `its summary is damaged: ${command("aggregate")} makes it again`;
  if (state === "submitting") {
    const again =
      round > 0
        ? `${command("resume", "--engine", "aws")} goes on`
        : "submit the same request with the same --job-id again";
    return `the splitter is sending messages; where it broke off, ${again}`;
  }
  if (state === "running") {
    if (found.isUnattended)
      return `workers that come will find its messages; ${command("attach")} waits for them`;
    return queues && isEmpty(queues.chunks) && isIdle(queues.results)
      ? `nothing is queued any more: ${command("aggregate")} settles what is missing, a check does so later by itself`
      : `${command("attach")} follows it`;
  }
  const resume =
    state === "complete"
      ? ""
      : `${command("resume", "--engine", "aws", ...withMore(summary))} computes what is missing, `;
  return `${resume}${command("fetch")} brings the results, ${command("delete")} removes them there`;
}

function cancelled({ jobId, state, chunks }: JobStatus, options: readonly string[]): Cancelled {
  const fields = { jobId, state, chunks };
  const stored = `${count(chunks.done)} of ${counted(chunks.total, "chunk")} are stored`;
  if (state !== "cancelled") {
    const sentence = `Job ${jobId} was ${state} before it could be cancelled: ${stored}. Who is about to resume it is stopped.`;
    return { fields, sentence };
  }
  const resume = commandLine("resume", jobId, "--engine", "aws", ...options);
  return { fields, sentence: `Cancelled: ${stored}. This goes on with the others:\n  ${resume}` };
}
