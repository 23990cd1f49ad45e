import type { LoadedKernel } from "../../shared/kernels/loader.ts";
import type { ChunkMessage } from "../../shared/messages/chunk-message.ts";
import type { ChunkReport } from "../../shared/messages/chunk-report.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Store } from "../../shared/ports/store.ts";
import type { ChunkOf } from "../../shared/record/array-keys.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { putChunk } from "../../shared/record/stored-chunk.ts";
import type { Attempt } from "./attempt.ts";
import type { ChunkThreads } from "./chunk-threads.ts";
import { bytesOf, type ComputedChunk, computeChunk, settle } from "./compute.ts";
import { StoresInFlight } from "./stores-in-flight.ts";

export interface ChunkPorts {
  readonly store: Store;
  readonly clock: Clock;
  /** Absent where there is one vCPU: then, and until they pay, the caller's thread computes one chunk after the other. */
  readonly threads?: ChunkThreads | undefined;
  /** Whether another version of the kernel began the job, and a user forced it to go on with this one. */
  readonly isForced?: boolean;
}

/** Computes and stores these chunks: while one is stored the next is computed. Each failure is its chunk's own. */
export async function computeChunks(
  chunks: readonly number[],
  job: StoredJob,
  kernel: Promise<LoadedKernel>,
  { estimatedMs }: Pick<ChunkMessage, "estimatedMs">,
  ports: ChunkPorts,
  attempt: Attempt,
): Promise<void> {
  const stores = new StoresInFlight(ports.threads?.size);
  let next = 0;
  const lane = async (threads?: ChunkThreads) => {
    // One list for all lanes: a free lane takes the next chunk.
    while (next < chunks.length) {
      const isShareable = chunks.length - next > 1;
      if (!threads && isShareable && ports.threads?.pay(estimatedMs)) return;
      const chunk = chunks[next++]!;
      try {
        const computed = threads
          ? await threads.compute(job, chunk)
          : computeChunk(job, chunk, await kernel, ports.clock);
        if (!threads) await settle(await kernel);
        if (!threads && isShareable) ports.threads?.missed(computed.times.computeMs);
        const store = async () => {
          try {
            attempt.complete(chunk, await storeChunk(job, computed, ports));
          } catch (error) {
            attempt.fail(chunk, error);
          }
        };
        await stores.add(bytesOf(computed.encoded), store());
      } catch (error) {
        attempt.fail(chunk, error);
      }
    }
  };
  await lane();
  // What is left is for the threads: one lane more, so that each finds its next chunk waiting while its last one is stored.
  const { threads } = ports;
  if (threads) await Promise.all(Array.from({ length: threads.size + 1 }, () => lane(threads)));
  await stores.all();
}

/** The report of a chunk after its confirmed PUT. */
export async function storeChunk(
  job: ChunkOf,
  { encoded, report, times: { elapsedMs, ...times } }: ComputedChunk,
  { store, clock, isForced }: ChunkPorts,
): Promise<ChunkReport> {
  const startedMs = clock.monotonicMs();
  const storedBytes = await putChunk(store, job, report.chunk, encoded, isForced);
  return {
    ...report,
    storedBytes,
    times: { ...times, durationMs: elapsedMs + clock.monotonicMs() - startedMs },
  };
}
