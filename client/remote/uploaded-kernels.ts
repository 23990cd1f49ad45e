/** What was uploaded of kernels, and which jobs need it. */
import * as v from "valibot";
import { UPLOADS, type Uploaded } from "../../shared/kernels/uploads.ts";
import { JobIdSchema } from "../../shared/messages/job-id.ts";
import { JOBS_PREFIX, jobKeys } from "../../shared/ports/keys.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import { getParsed, type StoreReader } from "../../shared/ports/store.ts";
import { readChunkSet, readControl } from "../../shared/record/control.ts";
import { StoredJobSchema } from "../../shared/record/job.ts";
import type { RemoteStore } from "./remote.ts";

export interface UploadedArtifact {
  readonly sha256: string;
  /** 0 where the store does not tell. */
  readonly sizeBytes: number;
  /** Since the epoch: on a Redis, when it was last used. Absent where the store does not tell. */
  readonly uploadedAtMs?: number | undefined;
  /** The ids of the jobs that name it, in the order of the alphabet. */
  readonly jobs: readonly string[];
}

const JOBS_AT_ONCE = 16;
/** A job that is about to be submitted names its kernel only after the upload. */
const SPARED_MS = 3_600_000;

/** The latest first. Throws InvalidInputError and NewerVersionError where a job cannot be read: it may need one of them. */
export async function uploadedArtifacts(store: RemoteStore): Promise<UploadedArtifact[]> {
  const artifacts: { -readonly [Name in keyof UploadedArtifact]: UploadedArtifact[Name] }[] = [];
  // Listed before the jobs: what is uploaded from now on is not among them, whatever names it.
  for await (const { key, sizeBytes = 0, storedAtMs } of store.objects(UPLOADS)) {
    const uploadedAtMs = storedAtMs ?? (await store.storedAtMs?.(key));
    artifacts.push({ sha256: key.slice(UPLOADS.length), sizeBytes, uploadedAtMs, jobs: [] });
  }
  const ids: string[] = [];
  for await (const id of store.folders(JOBS_PREFIX)) if (v.is(JobIdSchema, id)) ids.push(id);
  const named = await inLanes(ids, JOBS_AT_ONCE, (id) => namedBy(store, id));
  for (const artifact of artifacts)
    artifact.jobs = ids.filter((_, k) => named[k]!.includes(artifact.sha256)).toSorted();
  return artifacts.toSorted((a, b) => (b.uploadedAtMs ?? 0) - (a.uploadedAtMs ?? 0));
}

/** Those that no job names and that are older than an hour, as far as their store tells. */
export const unneeded = (artifacts: readonly UploadedArtifact[], nowMs: number): UploadedArtifact[] =>
  artifacts.filter(({ jobs, uploadedAtMs = nowMs }) => jobs.length === 0 && nowMs - uploadedAtMs > SPARED_MS);

/** Removes them. Throws where some stay. */
export function removeArtifacts(store: RemoteStore, artifacts: readonly UploadedArtifact[]): Promise<void> {
  return store.remove(
    artifacts.map(({ sha256 }) => `${UPLOADS}${sha256}`),
    "the kernels",
  );
}

/** By job.json, and by a round that went on with another kernel. */
async function namedBy(store: StoreReader, jobId: string): Promise<string[]> {
  const job = await getParsed(store, jobKeys(jobId).job, StoredJobSchema);
  const { missingKeys } = await readControl(store, jobId);
  const rounds = await inLanes(missingKeys, 1, ({ key }) => readChunkSet(store, key));
  return [job, ...rounds].flatMap((each) => hashesOf(each?.uploaded));
}

const hashesOf = (uploaded: Uploaded | undefined): string[] =>
  uploaded ? [uploaded.sha256, ...(uploaded.fast === undefined ? [] : [uploaded.fast])] : [];
