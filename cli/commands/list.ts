import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import * as v from "valibot";
import { JobIdSchema } from "../../shared/messages/job-id.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { JOBS_PREFIX, jobKeys } from "../../shared/ports/keys.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import { getParsed, type StoreReader } from "../../shared/ports/store.ts";
import { StoredJobSchema } from "../../shared/record/job.ts";
import { describeError, isPermanent, NewerVersionError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { type JobStatus, readStatus } from "../cloud/job-status.ts";
import { engineNamed } from "../engines/engines.ts";
import { atRest } from "../job-folder/local-status.ts";
import { wholeNumber } from "../request/request.ts";
import { printDebug } from "../terminal/debug.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { ago, columns, count, jsonLine, whatOf } from "../terminal/text.ts";

export interface ListOptions {
  /** `aws`: only those of the deployment; any other: only those here; none: both. */
  readonly engine?: string;
  readonly stack: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** Where runs leave their folders. */
const RESULTS = "results";
const MAX_LIMIT = 1000;
const AT_ONCE = 16;
const DAMAGED_SUMMARY = "damaged summary";

/** A job that can be read, or the sentence that says what of it is damaged, or too new for this program. */
type Listed = JobStatus | Unread;
type Unread = { readonly jobId: string } & ({ readonly damaged: string } | { readonly newer: string });
const isUnread = (found: object): found is Unread => "damaged" in found || "newer" in found;
const whyUnread = (found: Unread) => ("damaged" in found ? found.damaged : found.newer);

/** Jobs that lie in one place, the latest first. */
export interface Listing {
  readonly latest: readonly Listed[];
  /** How many more there are. */
  readonly older: number;
}

/**
 * `manyhands list`: the jobs in results/ and in the deployment's bucket, the latest first. If AWS cannot be asked, and
 * the user did not ask for AWS, the list has a note. Returns the exit code.
 */
export async function list({ engine, stack, limit, json }: ListOptions): Promise<number> {
  const most = wholeNumber(limit, "--limit", MAX_LIMIT);
  if (engine !== undefined) engineNamed(engine);
  const rows: object[] = [];
  const show = (listing: Listing, place: string, where: (jobId: string) => object) => {
    if (json) rows.push(...listing.latest.map((found) => ({ ...asRow(found), ...where(found.jobId) })));
    else process.stdout.write(asText(listing, place));
  };
  if (engine !== "aws") {
    const here = await listFolders(RESULTS, most);
    show(here, `${RESULTS}/`, (jobId) => ({ folder: join(RESULTS, jobId) }));
  }
  let code = 0;
  if (engine === undefined || engine === "aws") {
    try {
      const { listing, place } = await listDeployment(stack, most);
      show(listing, `stack ${stack} in ${place}`, () => ({ stack }));
    } catch (error) {
      if (engine === "aws") throw error;
      code = await noteOn(error);
    }
  }
  if (json) process.stdout.write(jsonLine(rows));
  return code;
}

// The SDK takes a second to load, which who asks for folders alone need not wait for.
async function listDeployment(stack: string, most: number) {
  const { withCloud } = await import("../cloud/cloud.ts");
  return withCloud(stack, async ({ store, deployment }) => {
    const ids: string[] = [];
    for await (const id of store.folders(JOBS_PREFIX)) if (v.is(JobIdSchema, id)) ids.push(id);
    return { listing: await listJobs(store, ids, most), place: deployment.place };
  });
}

/** Says why the deployment's jobs are not listed. Returns the exit code: a user who never set AWS up misses nothing. */
async function noteOn(error: unknown): Promise<number> {
  const { NoCredentialsError } = await import("../cloud/credentials.ts");
  process.stderr.write(`No jobs of a deployment are listed. ${describeError(error)}\n`);
  printDebug(error);
  return error instanceof NoCredentialsError && error.isNothingSet ? 0 : EXIT_CODES.badInput;
}

/** The jobs whose folders lie in another one. One that has not ended is running if a process is at it. */
export async function listFolders(parent: string, most: number): Promise<Listing> {
  const entries = existsSync(parent) ? readdirSync(parent, { withFileTypes: true }) : [];
  // Folders only: a link may lead to another user's folder.
  const ids = entries.filter((entry) => entry.isDirectory() && v.is(JobIdSchema, entry.name));
  const store = new FileStore({ [JOBS_PREFIX]: parent });
  const { latest, older } = await listJobs(
    store,
    ids.map(({ name }) => name),
    most,
  );
  const asTheyAre = latest.map((found) =>
    isUnread(found) ? found : atRest(found, join(parent, found.jobId)),
  );
  return { latest: await Promise.all(asTheyAre), older };
}

/** The latest of these jobs, at most `most`. A damaged one does not hide the others. */
export async function listJobs(store: StoreReader, ids: readonly string[], most: number): Promise<Listing> {
  const jobs = await inLanes(ids, AT_ONCE, (jobId) =>
    orUnread(jobId, () => getParsed(store, jobKeys(jobId).job, StoredJobSchema)),
  );
  const known = jobs
    .filter((job) => job !== undefined)
    .sort((a, b) => (isUnread(b) ? 0 : b.submittedAtMs) - (isUnread(a) ? 0 : a.submittedAtMs));
  const latest = await inLanes(known.slice(0, most), AT_ONCE, async (job) =>
    isUnread(job) ? job : orUnread(job.jobId, () => readStatus(store, job)),
  );
  return { latest, older: known.length - latest.length };
}

async function orUnread<Found>(jobId: string, read: () => Promise<Found>): Promise<Found | Unread> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof NewerVersionError) return { jobId, newer: describeError(error) };
    if (isPermanent(error)) return { jobId, damaged: describeError(error) };
    throw error;
  }
}

function asRow(found: Listed) {
  if (isUnread(found)) return found;
  const { jobId, state, chunks, hasDamagedSummary, job } = found;
  return {
    ...{ jobId, state, chunks, submittedAtMs: job.submittedAtMs, kernel: job.spec.kernel },
    shape: job.spec.axes.map((axis) => axis.count),
    ...(hasDamagedSummary && { damaged: DAMAGED_SUMMARY }),
  };
}

export function asText({ latest, older }: Listing, place: string): string {
  if (latest.length === 0) return `${printable(`No jobs in ${place} yet.`)}\n`;
  const more = older > 0 ? `and ${count(older)} older; --limit shows more\n` : "";
  const table = columns([["JOB", "STATE", "CHUNKS", "WHAT", "SUBMITTED"], ...latest.map(asCells)]);
  const damages = latest.flatMap((found) =>
    isUnread(found) ? [`${found.jobId}: ${printable(whyUnread(found))}\n`] : [],
  );
  const title = styleText("bold", printable(`Jobs in ${place}`));
  return `${title}\n${table}${more}${damages.join("")}`;
}

function asCells(found: Listed): string[] {
  if (isUnread(found)) return [found.jobId, "damaged" in found ? "damaged" : "newer version"];
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
