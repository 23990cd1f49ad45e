/** What a machine of standing workers tells of itself, again and again while it is there: a machine without such a beat is gone. */
import * as v from "valibot";

/** Its beat comes this often, and is forgotten after this long. */
export const BEAT_MS = 5_000;
export const FORGOTTEN_AFTER_MS = 15_000;

export const MachineSchema = v.object({
  name: v.string(),
  host: v.string(),
  pid: v.number(),
  /** The version of its program. */
  version: v.string(),
  /** What it computes in: `node`, `python`. */
  language: v.string(),
  cpus: v.number(),
  workers: v.number(),
  /** The names of those that it has without being given them. */
  kernels: v.array(v.string()),
  /** Which others it takes, an UploadPolicy. */
  uploads: v.optional(v.string()),
  /** Epoch ms by its own clock. */
  since: v.number(),
  /** The messages at work, the longest first. */
  at: v.array(v.object({ jobId: v.string(), chunks: v.number(), sinceMs: v.number() })),
});
export type Machine = v.InferOutput<typeof MachineSchema>;
