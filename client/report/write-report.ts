/** `report.html` in the folder of a job that has ended: one file that asks for nothing. */
import { readFileSync } from "node:fs";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { getParsed, type StoreReader } from "../../shared/ports/store.ts";
import { type StoredJob, StoredJobSchema } from "../../shared/record/job.ts";
import { MissingObjectError } from "../../shared/validation/errors.ts";
import { DATA_MARK, ensurePage } from "../../tools/bundling/page.ts";
import { packedPage } from "./packed-page.ts";
import { type Ended, pageOfJob } from "./page-of-job.ts";
import { type Reported, readReported } from "./reported.ts";

type Mounts = Readonly<Record<string, string>>;

/** A job of which all is stored, and what was reported of it. */
export interface ReadJob {
  readonly job: StoredJob;
  readonly reported: Reported;
}

/** Reads a job whose folder `mounts` names, and whose reports are there too unless a store is given. Rejects as that does. */
export async function readJob(jobId: string, mounts: Mounts, store?: StoreReader): Promise<ReadJob> {
  const here = new FileStore(mounts);
  const key = jobKeys(jobId).job;
  const job = await getParsed(here, key, StoredJobSchema);
  if (!job) throw new MissingObjectError(key);
  return { job, reported: await readReported(job, store ?? here, { isHere: !store }) };
}

/** Rejects where the folder cannot be written. */
export async function writeReport({
  mounts,
  ...ended
}: Omit<Ended, "here"> & { readonly mounts: Mounts }): Promise<void> {
  const here = new FileStore(mounts);
  const [page, data] = await Promise.all([ensurePage(), pageOfJob({ ...ended, here }).then(packedPage)]);
  const [before = "", after = ""] = readFileSync(page, "utf8").split(DATA_MARK);
  await here.put(jobKeys(ended.job.jobId).picture("report", "html"), Buffer.from(before + data + after));
}
