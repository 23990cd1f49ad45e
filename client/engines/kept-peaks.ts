import { FileStore } from "../../shared/ports/file/file-store.ts";
import { type Peaks, readPeaks, withPeak, withPeaks, writePeaks } from "../../shared/record/memory.ts";
import { peakMemoryMb } from "../processes.ts";
import { mountsOf, type Run } from "./engine.ts";

/**
 * Keeps in the job's folder what the stages' processes, and this one, had of memory at the most. A run that cannot keep it is as
 * complete as any other.
 */
export async function keepPeaks(
  { jobId, folder }: Pick<Run, "jobId" | "folder">,
  stages: Peaks = {},
): Promise<void> {
  const store = new FileStore(mountsOf(jobId, folder));
  try {
    const now = withPeak(stages, "client", peakMemoryMb("self"));
    await writePeaks(store, jobId, withPeaks((await readPeaks(store, jobId)) ?? {}, now));
  } catch {
    // A folder in the file's place, a full disk, a file of a newer version.
  }
}
