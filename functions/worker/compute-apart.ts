import type { Upload } from "../../shared/kernels/uploads.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { KernelError } from "../../shared/validation/errors.ts";
import type { Attempt } from "./attempt.ts";
import { bytesOf } from "./compute.ts";
import { type ChunkPorts, storeChunk } from "./compute-chunks.ts";
import { StoresInFlight } from "./stores-in-flight.ts";
import { OutOfTimeError, type UploadThreads } from "./upload-threads.ts";

export interface ApartPorts extends Pick<ChunkPorts, "store" | "clock" | "isForced"> {
  readonly remainingMs: () => number;
}

/**
 * Computes these chunks of an uploaded kernel in its threads, and stores them. Each failure is its chunk's own. Where the message's time
 * is over, a chunk that had it alone has failed; others are to be tried apart.
 */
export async function computeApart(
  chunks: readonly number[],
  job: StoredJob,
  upload: Upload,
  { threads, remainingMs, ...ports }: ApartPorts & { readonly threads: UploadThreads },
  attempt: Attempt,
): Promise<void> {
  const stores = new StoresInFlight(threads.size);
  let next = 0;
  let isOver = false;
  const lane = async () => {
    while (next < chunks.length) {
      const chunk = chunks[next++]!;
      if (isOver) {
        attempt.apart.push(chunk);
        continue;
      }
      try {
        const computed = await threads.compute(upload, job, chunk, remainingMs);
        const store = async () => {
          try {
            attempt.complete(chunk, await storeChunk(job, computed, ports));
          } catch (error) {
            attempt.fail(chunk, error);
          }
        };
        await stores.add(bytesOf(computed.encoded), store());
      } catch (error) {
        isOver ||= error instanceof OutOfTimeError;
        if (isOver && chunks.length > 1) attempt.apart.push(chunk);
        else attempt.fail(chunk, error instanceof OutOfTimeError ? new KernelError(error.message) : error);
      }
    }
  };
  // One lane more than threads: the next chunk waits while a last one is stored.
  await Promise.all(Array.from({ length: threads.size + 1 }, lane));
  await stores.all();
}
