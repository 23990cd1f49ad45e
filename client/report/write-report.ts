/** `report.html` in the folder of a job that has ended: one file that asks for nothing. */
import { readFileSync } from "node:fs";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { getParsed, type StoreReader } from "../../shared/ports/store.ts";
import { StoredJobSchema } from "../../shared/record/job.ts";
import { MissingObjectError } from "../../shared/validation/errors.ts";
import { DATA_MARK, ensurePage } from "../../tools/bundling/page.ts";
import { packedPage } from "./packed-page.ts";
import { type Ended, pageOfJob } from "./page-of-job.ts";

interface Told extends Pick<Ended, "summary" | "engine" | "command"> {
  readonly jobId: string;
  /** Where the folder's own objects lie. */
  readonly mounts: Readonly<Record<string, string>>;
  /** Where the job's objects are, if not all of them are in the folder. */
  readonly store?: StoreReader;
}

/** Rejects where the folder cannot be written, or as its store does. */
export async function writeReport({ jobId, mounts, ...told }: Told): Promise<void> {
  const here = new FileStore(mounts);
  const keys = jobKeys(jobId);
  const job = await getParsed(here, keys.job, StoredJobSchema);
  if (!job) throw new MissingObjectError(keys.job);
  const [page, data] = await Promise.all([
    ensurePage(),
    pageOfJob({ store: here, ...told, job, here }).then(packedPage),
  ]);
  const [before = "", after = ""] = readFileSync(page, "utf8").split(DATA_MARK);
  await here.put(keys.picture("report", "html"), Buffer.from(before + data + after));
}
