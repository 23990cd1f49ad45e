import * as v from "valibot";
import { JobIdSchema, jobIdOf } from "../../shared/messages/job-id.ts";
import { JOBS_PREFIX } from "../../shared/ports/keys.ts";
import { isEmpty, isIdle } from "../../shared/ports/queue.ts";
import { isUnattended } from "../../shared/record/attendance.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { type JobStatus, readStatus } from "../../shared/record/job-status.ts";
import { withMore } from "../../shared/record/with-more.ts";
import { commandLine } from "../../shared/validation/command-line.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import type { WithRemote } from "../engines/engine.ts";
import type { Remote, SharedQueues } from "../remote/remote.ts";
import type { Cancelled, FoundJob, FoundStatus, JobPlace, JobStore } from "./job-store.ts";
import { isUnread, latestJobs } from "./latest-jobs.ts";

/** The jobs of a deployment or a Redis, by their ids. Its methods reject as opening that does, too. What asks a network is loaded then, and never for a wrong id. */
export function remoteJobs(owner: string, withRemote: WithRemote, place: JobPlace): JobStore {
  return {
    owner,

    list: (most) =>
      withRemote(place, async (remote) => {
        const { store, site } = remote;
        const ids: string[] = [];
        for await (const id of store.folders(JOBS_PREFIX)) if (v.is(JobIdSchema, id)) ids.push(id);
        const { latest, older } = await latestJobs(store, ids, most);
        const asked = new Map<string | undefined, Promise<SharedQueues>>();
        const queuesOf = (job: StoredJob) => {
          const language = job.declaration?.language;
          const queues = asked.get(language) ?? remote.queues(job);
          asked.set(language, queues);
          return queues;
        };
        const withWorkers = async (found: JobStatus) =>
          found.state === "running"
            ? { ...found, ...attended(found, await queuesOf(found.job), remote) }
            : found;
        return {
          latest: await Promise.all(latest.map((found) => (isUnread(found) ? found : withWorkers(found)))),
          older,
          place: site.place,
          fieldsOf: () => site.fields,
        };
      }),

    async withJob(named, use) {
      const id = jobIdOf(named);
      return withRemote(place, async (remote) => use(await find(remote, id)));
    },
  };
}

async function find(remote: Remote, jobId: string): Promise<FoundJob> {
  const { readRemoteJob } = await import("../remote/remote-job.ts");
  const { store, site } = remote;
  const job = await readRemoteJob(remote, jobId);
  return {
    ...{ job, store, site },
    status: async () => {
      const [status, queues] = await Promise.all([readStatus(store, job), remote.queues(job)]);
      return { ...status, queues, ...attended(status, queues, remote) };
    },
    next: (status) => nextStep(status, remote),
    cost: () => remote.cost(job),
    memory: () => remote.memory(job),
    cancel: async () => {
      const { cancelRemote } = await import("../remote/cancel.ts");
      return cancelled(await cancelRemote(remote, jobId), remote);
    },
  };
}

function attended(
  { state, submission }: JobStatus,
  queues: SharedQueues,
  { countedMs }: Pick<Remote, "countedMs">,
) {
  if (!submission || state !== "running") return {};
  const sinceMs = Date.now() - submission.submittedAtMs;
  return { isUnattended: isUnattended(queues.chunks, sinceMs, countedMs) };
}

type Named = Pick<Remote, "engine" | "site">;

function nextStep(found: FoundStatus, { engine, site }: Named): string {
  const { jobId, state, round, summary, hasDamagedSummary, queues } = found;
  const command = (name: string, ...more: string[]) =>
    `\`${commandLine(name, jobId, ...more, ...site.options)}\``;
  const resume = command("resume", "--engine", engine, ...withMore(summary));
  if (hasDamagedSummary) return `its summary is damaged: ${command("aggregate")} makes it again`;
  if (state === "submitting") {
    const again = round > 0 ? `${resume} goes on` : "submit the same request with the same --job-id again";
    return `the splitter is sending messages; where it broke off, ${again}`;
  }
  if (state === "running") {
    if (found.isUnattended)
      return `workers that come will find its messages; ${command("attach")} waits for them`;
    return queues && isEmpty(queues.chunks) && isIdle(queues.results)
      ? `nothing is queued any more: ${command("aggregate")} settles what is missing, a check does so later by itself`
      : `${command("attach")} follows it`;
  }
  const more = state === "complete" ? "" : `${resume} computes what is missing, `;
  return `${more}${command("fetch")} brings the results, ${command("delete")} removes them there`;
}

function cancelled({ jobId, state, chunks }: JobStatus, { engine, site }: Named): Cancelled {
  const fields = { jobId, state, chunks };
  const stored = `${count(chunks.done)} of ${counted(chunks.total, "chunk")} are stored`;
  if (state !== "cancelled") {
    const sentence = `Job ${jobId} was ${state} before it could be cancelled: ${stored}. Who is about to resume it is stopped.`;
    return { fields, sentence };
  }
  const resume = commandLine("resume", jobId, "--engine", engine, ...site.options);
  return { fields, sentence: `Cancelled: ${stored}. This goes on with the others:\n  ${resume}` };
}
