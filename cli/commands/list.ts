import { JOBS_PREFIX } from "../../shared/keys.ts";
import { inLanes } from "../../shared/lanes.ts";
import { printable } from "../../shared/printable.ts";
import { type Cloud, withCloud } from "../cloud/cloud.ts";
import { findJob, type JobStatus, readStatus } from "../cloud/remote-job.ts";
import { wholeNumber } from "../request.ts";
import { columns, count, jsonLine, roughly, whatOf } from "../text.ts";

export interface ListOptions {
  readonly stack: string;
  readonly limit: string;
  readonly json?: boolean;
}

const MAX_LIMIT = 1000;
const AT_ONCE = 16;

/** `manyhands list`: the jobs in the deployment's bucket, the latest first; what is no job, or one of another version, is left out. */
export async function list({ stack, limit, json }: ListOptions): Promise<number> {
  const most = wholeNumber(limit, "--limit", MAX_LIMIT);
  return withCloud(stack, async (cloud) => {
    const ids: string[] = [];
    for await (const id of cloud.store.folders(JOBS_PREFIX)) ids.push(id);
    const jobs = await inLanes(ids, AT_ONCE, (id) => findJob(cloud.store, id));
    const known = jobs.filter((job) => job !== undefined);
    const latest = known.toSorted((a, b) => b.submittedAtMs - a.submittedAtMs).slice(0, most);
    const found = await inLanes(latest, AT_ONCE, (job) => readStatus(cloud.store, job));
    if (json) {
      const rows = found.map(({ jobId, state, chunks, job: { submittedAtMs, spec } }) => ({
        ...{ jobId, state, chunks, submittedAtMs, kernel: spec.kernel },
        shape: spec.axes.map((axis) => axis.count),
      }));
      process.stdout.write(jsonLine(rows));
    } else process.stdout.write(asText(found, known.length, cloud));
    return 0;
  });
}

function asText(found: readonly JobStatus[], total: number, { deployment }: Cloud): string {
  if (found.length === 0)
    return `${printable(`No jobs in stack ${deployment.stack} in ${deployment.place} yet.`)}\n`;
  const rows = found.map(({ jobId, state, chunks, job: { spec, submittedAtMs } }) => [
    jobId,
    chunks.failed > 0 ? `${state}, ${count(chunks.failed)} failed` : state,
    `${count(chunks.done)}/${count(chunks.total)}`,
    whatOf(spec),
    `${roughly(Date.now() - submittedAtMs)} ago`,
  ]);
  const more = total - found.length;
  return `${columns([["JOB", "STATE", "CHUNKS", "WHAT", "SUBMITTED"], ...rows])}${more > 0 ? `and ${count(more)} older; --limit shows more\n` : ""}`;
}
