import * as v from "valibot";
import { describeError, isPermanent } from "../../shared/errors.ts";
import { JobIdSchema, StoredJobSchema } from "../../shared/job.ts";
import { JOBS_PREFIX, jobKeys } from "../../shared/keys.ts";
import { inLanes } from "../../shared/lanes.ts";
import { printable } from "../../shared/printable.ts";
import { getParsed, type StoreReader } from "../../shared/stores/store.ts";
import { type Cloud, withCloud } from "../cloud/cloud.ts";
import { type JobStatus, readStatus } from "../cloud/remote-job.ts";
import { wholeNumber } from "../request.ts";
import { ago, columns, count, jsonLine, whatOf } from "../text.ts";

export interface ListOptions {
  readonly stack: string;
  readonly limit: string;
  readonly json?: boolean;
}

const MAX_LIMIT = 1000;
const AT_ONCE = 16;
const DAMAGED_SUMMARY = "damaged summary";

/** A job that can be read, or the sentence that says what of it is damaged. */
type Listed = JobStatus | { readonly jobId: string; readonly damaged: string };

/** `manyhands list`: the jobs in the deployment's bucket, the latest first; what is no job is left out. */
export async function list({ stack, limit, json }: ListOptions): Promise<number> {
  const most = wholeNumber(limit, "--limit", MAX_LIMIT);
  return withCloud(stack, async (cloud) => {
    const { latest, older } = await listJobs(cloud.store, await jobIds(cloud), most);
    process.stdout.write(json ? jsonLine(latest.map(asRow)) : asText(latest, older, cloud));
    return 0;
  });
}

/** The latest of these jobs, so many at the most. One that is damaged is no reason not to see the others. */
export async function listJobs(store: StoreReader, ids: readonly string[], most: number) {
  const jobs = await inLanes(ids, AT_ONCE, (jobId) =>
    orDamage(jobId, () => getParsed(store, jobKeys(jobId).job, StoredJobSchema)),
  );
  const known = jobs
    .filter((job) => job !== undefined)
    .sort((a, b) => ("damaged" in b ? 0 : b.submittedAtMs) - ("damaged" in a ? 0 : a.submittedAtMs));
  const latest = await inLanes(known.slice(0, most), AT_ONCE, async (job) =>
    "damaged" in job ? job : orDamage(job.jobId, () => readStatus(store, job)),
  );
  return { latest, older: known.length - latest.length };
}

async function orDamage<Found>(jobId: string, read: () => Promise<Found>) {
  try {
    return await read();
  } catch (error) {
    if (isPermanent(error)) return { jobId, damaged: describeError(error) };
    throw error;
  }
}

function asRow(found: Listed) {
  if ("damaged" in found) return found;
  const { jobId, state, chunks, hasDamagedSummary, job } = found;
  return {
    ...{ jobId, state, chunks, submittedAtMs: job.submittedAtMs, kernel: job.spec.kernel },
    shape: job.spec.axes.map((axis) => axis.count),
    ...(hasDamagedSummary && { damaged: DAMAGED_SUMMARY }),
  };
}

export function asText(latest: readonly Listed[], older: number, { deployment }: Cloud): string {
  if (latest.length === 0)
    return `${printable(`No jobs in stack ${deployment.stack} in ${deployment.place} yet.`)}\n`;
  const more = older > 0 ? `and ${count(older)} older; --limit shows more\n` : "";
  const table = columns([["JOB", "STATE", "CHUNKS", "WHAT", "SUBMITTED"], ...latest.map(asCells)]);
  const damages = latest.flatMap((found) =>
    "damaged" in found ? [`${found.jobId}: ${printable(found.damaged)}\n`] : [],
  );
  return table + more + damages.join("");
}

function asCells(found: Listed): string[] {
  if ("damaged" in found) return [found.jobId, "damaged"];
  const { jobId, state, chunks, hasDamagedSummary, job } = found;
  return [
    jobId,
    [
      state,
      ...(chunks.failed > 0 ? [`${count(chunks.failed)} failed`] : []),
      ...(hasDamagedSummary ? [DAMAGED_SUMMARY] : []),
    ].join(", "),
    `${count(chunks.done)}/${count(chunks.total)}`,
    whatOf(job.spec),
    ago(job.submittedAtMs),
  ];
}

/** Every folder below the jobs' prefix whose name a job can have. */
async function jobIds({ store }: Cloud): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of store.folders(JOBS_PREFIX)) if (v.is(JobIdSchema, id)) ids.push(id);
  return ids;
}
