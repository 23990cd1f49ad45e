import type { ChunkMessage } from "../../shared/messages/chunk-message.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { getParsed, type StoreReader } from "../../shared/ports/store.ts";
import { type StoredJob, StoredJobSchema } from "../../shared/record/job.ts";

/** Messages of this many jobs may alternate, and each job.json is read once. */
const KEPT = 8;

/** Reads the job.json of the job that a message names, and remembers it: the next messages of the same job cost no GET. */
export class Jobs {
  readonly #store: Pick<StoreReader, "get">;
  readonly #known = new Map<string, StoredJob>();

  constructor(store: Pick<StoreReader, "get">) {
    this.#store = store;
  }

  /** Undefined for a job that was deleted, also where its id was used again. Throws what the store throws. */
  async jobOf({ jobId, ofJobMs }: Pick<ChunkMessage, "jobId" | "ofJobMs">): Promise<StoredJob | undefined> {
    const isMeant = (job: StoredJob) =>
      job.jobId === jobId && (ofJobMs === undefined || job.submittedAtMs === ofJobMs);
    const known = this.#known.get(jobId);
    if (known && isMeant(known)) return known;
    const job = await getParsed(this.#store, jobKeys(jobId).job, StoredJobSchema);
    if (!job) return undefined;
    this.#known.delete(jobId);
    this.#known.set(jobId, job);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
    return isMeant(job) ? job : undefined;
  }
}
