/** The note of a worker that lacks a job's kernel and left a message of it to others: what a user needs to know where no worker has it. */
import * as v from "valibot";
import { jobKeys } from "../ports/keys.ts";
import { getDerived, type StoreReader } from "../ports/store.ts";
import { milliseconds } from "../validation/numbers.ts";
import { versioned } from "../validation/versioned.ts";

const LackingSchema = versioned(1, {
  /** The worker's log stream: a machine's name and its child's number. */
  worker: v.string(),
  /** The sentence that names the kernel. */
  reason: v.string(),
  /** Epoch ms. */
  atMs: milliseconds,
});
export type Lacking = v.InferOutput<typeof LackingSchema>;

/** The latest note; undefined where there is none, or none that can be read. Others may have the kernel. */
export function readLacking(store: Pick<StoreReader, "get">, jobId: string): Promise<Lacking | undefined> {
  return getDerived(store, jobKeys(jobId).lacking, LackingSchema);
}
