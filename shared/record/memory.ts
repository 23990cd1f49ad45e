import * as v from "valibot";
import { JobIdSchema } from "../messages/job-id.ts";
import { jobPrefix } from "../ports/keys.ts";
import { getDerived, putJson, type Store, type StoreReader } from "../ports/store.ts";
import { count, finite } from "../validation/numbers.ts";
import { versioned } from "../validation/versioned.ts";

/** The most resident memory of the largest of some processes (MB of 2^20 bytes), and how many were looked at. */
const PeakSchema = v.object({ mb: finite, processes: count });
export type Peak = v.InferOutput<typeof PeakSchema>;

/** By stage; `client` is the command's own process, in which an engine without processes for its stages has them all. */
const PeaksSchema = v.object({
  splitter: v.optional(PeakSchema),
  worker: v.optional(PeakSchema),
  aggregator: v.optional(PeakSchema),
  client: v.optional(PeakSchema),
});
export type Peaks = Readonly<v.InferOutput<typeof PeaksSchema>>;

const PROCESSES = ["splitter", "worker", "aggregator", "client"] as const;

/** `memory.json`: what a run on one machine saw its processes take, with its earlier rounds there. */
const MemorySchema = versioned(1, { jobId: JobIdSchema, peaks: PeaksSchema });

/** Not among the keys of keys.ts, which is in each stage's bundle: no stage writes it. */
const memoryKey = (jobId: string) => `${jobPrefix(jobId)}memory.json`;

/** The peaks with those of a process, or of several, added; unchanged where nothing is known of it. */
export function withPeak(peaks: Peaks, name: keyof Peaks, mb: number | undefined, processes = 1): Peaks {
  if (mb === undefined) return peaks;
  const { mb: most = 0, processes: others = 0 } = peaks[name] ?? {};
  return { ...peaks, [name]: { mb: Math.max(mb, most), processes: others + processes } };
}

/** What earlier rounds and this one saw. */
export function withPeaks(earlier: Peaks, now: Peaks): Peaks {
  return PROCESSES.reduce((all, name) => withPeak(all, name, now[name]?.mb, now[name]?.processes), earlier);
}

/** Undefined where nothing was measured, or that cannot be read. Throws NewerVersionError. */
export async function readPeaks(store: Pick<StoreReader, "get">, jobId: string): Promise<Peaks | undefined> {
  return (await getDerived(store, memoryKey(jobId), MemorySchema))?.peaks;
}

export async function writePeaks(store: Pick<Store, "put">, jobId: string, peaks: Peaks): Promise<void> {
  await putJson(store, memoryKey(jobId), { version: 1, jobId, peaks });
}
