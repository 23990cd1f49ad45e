/** Which chunks travel together, and in which order. */
import { MAX_CHUNKS_PER_MESSAGE } from "../../shared/chunks.ts";
import { estimateWork } from "../../shared/estimate.ts";
import type { Job } from "../../shared/job.ts";
import type { Kernel } from "../../shared/kernels/kernel.ts";
import { chunkWork, mostWorkOf, WORK_PER_SECOND } from "../../shared/work.ts";

/** Enough messages to keep a thousand workers even, unless they would be smaller than what a delivery costs. */
const AIMED_MESSAGES = 4_000;
/** However small the job: a few workers are to share it. */
const FEWEST_MESSAGES = 4;
const SMALLEST_MESSAGE_WORK = 0.1 * WORK_PER_SECOND;
const LARGEST_MESSAGE_WORK = 10 * WORK_PER_SECOND;
/** If the estimate is wrong altogether a message must still be through before the worker's 60 s are. */
const SURE_MESSAGE_WORK = 40 * WORK_PER_SECOND;

/**
 * The chunks of each message of the job, in the order in which they are sent. A given number a message is kept to. With
 * the `work` of some chunks only, what it gives are places among those.
 */
export function packJob(
  { spec, chunksPerMessage }: Pick<Job, "spec" | "chunksPerMessage">,
  kernel: Kernel,
  work = estimateWork(spec, kernel),
): Iterable<number[]> {
  if (chunksPerMessage !== "auto")
    return pack(work, { chunks: chunksPerMessage, work: Number.POSITIVE_INFINITY });
  const elements = spec.chunkShape.reduce((product, side) => product * side, 1);
  return pack(work, autoBounds(work, chunkWork(elements, mostWorkOf(kernel, spec.parameters))));
}

/** What a message may carry: so many chunks, and so much work unless it is a single chunk's. */
export interface MessageBounds {
  readonly chunks: number;
  readonly work: number;
}

/** The bounds for `auto`. `mostChunkWork` is what one chunk would cost if each of its elements cost the most. */
export function autoBounds(work: Float64Array, mostChunkWork: number): MessageBounds {
  const total = work.reduce((sum, units) => sum + units, 0);
  const wanted = Math.max(total / AIMED_MESSAGES, SMALLEST_MESSAGE_WORK);
  return {
    chunks: Math.min(Math.max(Math.floor(SURE_MESSAGE_WORK / mostChunkWork), 1), MAX_CHUNKS_PER_MESSAGE),
    work: Math.min(wanted, total / FEWEST_MESSAGES, LARGEST_MESSAGE_WORK),
  };
}

/**
 * Every chunk once, in lists of consecutive indices, the list with the most work first. Neighbours in the array
 * stay together; a list ends where the next chunk would break a bound. As whoever is free takes the next list,
 * the last worker ends at most one list's work after the mean (Graham 1969).
 */
export function* pack(work: Float64Array, bounds: MessageBounds): Generator<number[]> {
  const starts = new Uint32Array(work.length + 1);
  const sums = new Float64Array(work.length);
  let lists = 0;
  for (let chunk = 0; chunk < work.length; chunk++) {
    const last = lists - 1;
    const units = work[chunk]!;
    if (lists > 0 && chunk - starts[last]! < bounds.chunks && sums[last]! + units <= bounds.work) {
      sums[last]! += units;
    } else {
      starts[lists] = chunk;
      sums[lists++] = units;
    }
  }
  starts[lists] = work.length;
  for (const list of heaviestFirst(sums.subarray(0, lists))) {
    const chunks: number[] = [];
    for (let chunk = starts[list]!; chunk < starts[list + 1]!; chunk++) chunks.push(chunk);
    yield chunks;
  }
}

const INDEX_SPAN = 2 ** 20; // above MAX_CHUNKS
const RANK_SPAN = 2 ** 32;

/** Indices by falling sum, then rising. Rank and index share one number: a million sort in 0.1 s, by a comparator in 2. */
function heaviestFirst(sums: Float64Array): Float64Array {
  const most = sums.reduce((a, b) => Math.max(a, b), 1);
  const keys = sums.map((sum, at) => Math.floor((1 - sum / most) * RANK_SPAN) * INDEX_SPAN + at).sort();
  return keys.map((key) => key % INDEX_SPAN);
}
