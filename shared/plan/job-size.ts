/** What a round is expected to take, by what was measured of the job where that is known. Pure. */
import type { LoadedKernel } from "../kernels/loader.ts";
import type { Job } from "../record/job.ts";
import type { Packing } from "./pack.ts";
import type { JobSize } from "./ramp.ts";
import { storingSeconds } from "./stage-times.ts";
import { CHUNK_WORK, expectedRate } from "./work-units.ts";
import { vcpusOfThread } from "./workers.ts";

/** `units` are those of all the job's chunks, `total` of those that the round asks for, which are `chunks`. */
export interface Sized {
  readonly job: Pick<Job, "measured" | "computeSeconds">;
  readonly kernel: Pick<LoadedKernel, "work">;
  readonly units: number;
  readonly ofChunks: number;
  readonly packing: Packing;
  readonly chunks: number;
  readonly threads: number;
  readonly memoryMb: number;
}

/** Unlike the bounds of chunks and messages, which hold at the least rate, this is what a fleet is ordered by. */
export function sizeOf({ job, kernel, units, ofChunks, packing, chunks, threads, memoryMb }: Sized): JobSize {
  const rate = expectedRate(kernel, job, Math.max(1, units - ofChunks * CHUNK_WORK));
  /** Without storing, which no processor makes shorter. */
  const seconds = (work: number, stored: number) =>
    Math.max(0, work - (stored * CHUNK_WORK) / threads) / rate / vcpusOfThread(memoryMb);
  const messages = packing.length;
  const [heaviest = []] = packing;
  return {
    messages,
    workSeconds: seconds(packing.total, chunks) + storingSeconds({ chunks, messages }),
    heaviestSeconds: seconds(packing.longest, heaviest.length),
  };
}
