import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { JobIdSchema } from "../../shared/messages/job-id.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { JOBS_PREFIX } from "../../shared/ports/keys.ts";
import { cancelJob } from "../../shared/record/control.ts";
import type { JobStatus } from "../../shared/record/job-status.ts";
import { readPeaks } from "../../shared/record/memory.ts";
import { withMore } from "../../shared/record/with-more.ts";
import { commandLine, pathOf, placeOf } from "../../shared/validation/command-line.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { mountsOf } from "../engines/engine.ts";
import { runningIn } from "../job-folder/claim/claim.ts";
import { type JobFolder, OF_A_DEPLOYMENT, openJobFolder } from "../job-folder/job-folder.ts";
import { asItLies, readLocalStatus } from "../job-folder/local-status.ts";
import type { FoundMemory, Site } from "../remote/remote.ts";
import type { Cancelled, JobStore } from "./job-store.ts";
import { isUnread, latestJobs } from "./latest-jobs.ts";

/** Where runs leave their folders. */
const RESULTS = "results";

/** The jobs whose folders lie in `results`, and those whose folder is named. No network is asked. */
export const folderJobs = (results = RESULTS): JobStore => ({
  owner: "this machine",

  async list(most) {
    const entries = existsSync(results) ? readdirSync(results, { withFileTypes: true }) : [];
    // A link may lead to another user's folder, so the listing follows none.
    const ids = entries.filter((entry) => entry.isDirectory() && v.is(JobIdSchema, entry.name));
    const store = new FileStore({ [JOBS_PREFIX]: results });
    const { latest, older } = await latestJobs(
      store,
      ids.map(({ name }) => name),
      most,
    );
    const asTheyAre = latest.map((found) =>
      isUnread(found) ? found : asItLies(found, join(results, found.jobId)),
    );
    return {
      latest: await Promise.all(asTheyAre),
      older,
      place: `${results}/`,
      fieldsOf: (jobId) => ({ folder: join(results, jobId) }),
    };
  },

  async withJob(named, use) {
    const found = await openJobFolder(named);
    const { folder, job } = found;
    return use({
      job,
      store: new FileStore(mountsOf(job.jobId, folder)),
      site: siteOf(folder),
      status: () => readLocalStatus(found),
      next: (status) => nextStep(status, folder),
      cost: async () => {
        const { summary } = await readLocalStatus(found);
        return summary?.cost && { cost: summary.cost, remarks: [] };
      },
      memory: () => memoryOf(found),
      cancel: (onWait) => cancelHere(found, named, onWait),
    });
  },
});

const NOT_MEASURED =
  "No peak was measured here: the job ran elsewhere, has not ended, or ran on a system without /proc or with an earlier version.";
const IN_PROCESSES = "Measured: the most resident memory that each stage's largest process had (VmHWM).";
const IN_ONE_PROCESS =
  "Measured: the stages ran in one process, the command's own, whose peak has all that it did before, too.";

async function memoryOf({ folder, job: { jobId } }: JobFolder): Promise<FoundMemory> {
  const peaks = await readPeaks(new FileStore(mountsOf(jobId, folder)), jobId);
  if (!peaks) return { peaks: {}, basis: NOT_MEASURED };
  return { peaks, basis: peaks.worker ? IN_PROCESSES : IN_ONE_PROCESS };
}

function siteOf(folder: string): Site {
  const place = placeOf(folder);
  return { place, fields: { folder }, lines: [["where", `${place}/`]], options: [] };
}

function nextStep({ jobId, state, summary, hasDamagedSummary }: JobStatus, folder: string): string {
  const resume = `\`${commandLine("resume", pathOf(folder), ...withMore(summary))}\``;
  const remote = `\`${commandLine("status", jobId, "--engine", "aws")}\``;
  if (hasDamagedSummary) return `its summary is damaged: ${resume} makes it again`;
  if (state === "complete") return "nothing: it has all its chunks";
  if (state === "running" || state === "submitting") return "a process of this machine is at it";
  if (state !== "unfinished") return `${resume} computes what is missing`;
  return `no process is at it: ${resume} goes on; if it was fetched, ${remote} tells more`;
}

/** The process that computes it sees the marker within a second. */
async function cancelHere(
  { folder, job: { jobId } }: JobFolder,
  named: string,
  onWait: ((sentence: string) => void) | undefined,
): Promise<Cancelled> {
  if (!(await runningIn(folder, { ...(onWait && { onWait }) }))) {
    const found = `${show(named)}, whose folder no process is at`;
    throw new InvalidInputError("job", "one that is running", found, OF_A_DEPLOYMENT);
  }
  await cancelJob(new FileStore(mountsOf(jobId, folder)), jobId, Date.now());
  const resume = commandLine("resume", pathOf(folder));
  return {
    fields: { jobId, state: "cancelled" },
    sentence: `Cancelled: no chunk of ${jobId} is begun any more. This goes on with those that are missing:\n  ${resume}`,
  };
}
