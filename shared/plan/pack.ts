/** Which chunks travel together, and in which order. */

import { MAX_CHUNKS_PER_MESSAGE } from "../array/job-limits.ts";
import { elementsIn } from "../array/layout.ts";
import type { LoadedKernel } from "../kernels/loader.ts";
import type { Job } from "../record/job.ts";
import { estimateWork } from "./estimate.ts";
import { paidFromMs } from "./threads-pay.ts";
import { chunkWork, mostWorkOf, SURE_SECONDS } from "./work-units.ts";
import { DEFAULT_WORKERS, threadRate, threadsFor, type Workers } from "./workers.ts";

/** Enough messages to keep a thousand workers even, unless they would be smaller than what a delivery costs. */
const AIMED_MESSAGES = 4_000;
/** However small the job: a few workers are to share it. */
const FEWEST_MESSAGES = 4;
/** By the estimate, on each thread. */
const SMALLEST_SECONDS = 0.1;
const LARGEST_SECONDS = 10;

/**
 * The chunks of each message of the job, in the order in which they are sent. A given number a message is kept to. With
 * the `work` of some chunks only, what it gives are places among those.
 */
export function packJob(
  { spec, measured, chunksPerMessage }: Pick<Job, "spec" | "measured" | "chunksPerMessage">,
  kernel: LoadedKernel,
  workers = DEFAULT_WORKERS,
  work = estimateWork({ ...spec, measured }, kernel),
): Packing {
  if (chunksPerMessage !== "auto")
    return pack(work, { ...UNBOUND, chunks: chunksPerMessage, threads: threadsFor(workers.memoryMb) });
  const mostChunkWork = chunkWork(elementsIn(spec.chunkShape), mostWorkOf(kernel, { ...spec, measured }));
  return pack(work, autoBounds(work, mostChunkWork, workers));
}

/** The limits of a message: a number of chunks, and an amount of work, unless a single chunk has more. */
export interface MessageBounds {
  readonly chunks: number;
  readonly work: number;
  /** The threads of a worker: this many chunks together take no longer than the longest of them. */
  readonly threads: number;
  /** From a chunk with this work on, a message takes a chunk for each thread, whatever the sum is. */
  readonly dearWork: number;
  /** From this much work on, a message makes its worker start threads at once: it may then carry `chunks` for each. */
  readonly startWork: number;
}

const ANY_WORK = Number.POSITIVE_INFINITY;
const UNBOUND = Object.freeze({ work: ANY_WORK, dearWork: ANY_WORK, startWork: ANY_WORK });

/** The bounds for `auto`. `mostChunkWork` is what one chunk would cost if each of its elements cost the most. */
export function autoBounds(
  work: Float64Array,
  mostChunkWork: number,
  { memoryMb, timeoutSeconds }: Workers,
): MessageBounds {
  const total = work.reduce((sum, units) => sum + units, 0);
  const threads = threadsFor(memoryMb);
  const rate = threadRate(memoryMb);
  // Bounds in seconds are those of the default timeout: with less there is less of everything.
  const share = Math.min(1, timeoutSeconds / DEFAULT_WORKERS.timeoutSeconds);
  const inTurn = Math.max(1, Math.floor((SURE_SECONDS * share * rate) / mostChunkWork));
  const wanted = Math.max(total / AIMED_MESSAGES, SMALLEST_SECONDS * rate * threads);
  return {
    ...{ threads, dearWork: SMALLEST_SECONDS * rate, startWork: (paidFromMs(threads) / 1000) * rate },
    chunks: Math.min(inTurn, MAX_CHUNKS_PER_MESSAGE),
    work: Math.min(wanted, total / FEWEST_MESSAGES, LARGEST_SECONDS * share * rate * threads),
  };
}

/** Lists of chunks, in the order in which they are sent. A million take 8 MB: each list is made when it is asked for. */
export class Packing implements Iterable<number[]> {
  /** What a worker's threads take for the first list, and for all of them, in units of one thread's work. */
  readonly longest: number;
  readonly total: number;
  /** Where each list of neighbours begins, and where the last one ends. */
  readonly #starts: Uint32Array;
  readonly #order: Uint32Array;

  /** `durations` are those of the lists in the order of `starts`. */
  constructor(starts: Uint32Array, durations: Float64Array) {
    this.#starts = starts;
    this.#order = longestFirst(durations);
    this.longest = durations[this.#order[0] ?? 0] ?? 0;
    this.total = durations.reduce((sum, units) => sum + units, 0);
  }

  /** How many lists there are. */
  get length(): number {
    return this.#order.length;
  }

  *[Symbol.iterator](): Generator<number[]> {
    for (const list of this.#order) {
      const chunks: number[] = [];
      for (let chunk = this.#starts[list]!; chunk < this.#starts[list + 1]!; chunk++) chunks.push(chunk);
      yield chunks;
    }
  }
}

/**
 * Every chunk once, in lists of consecutive indices, the longest list first. Neighbours in the array stay together; a
 * list ends where the next chunk would exceed a bound, unless it is dear and leaves a thread idle. The next free worker
 * takes the next list, so the last worker ends at most one list's time after the mean (Graham 1969).
 */
export function pack(work: Float64Array, bounds: MessageBounds): Packing {
  const starts = new Uint32Array(work.length + 1);
  const sums = new Float64Array(work.length);
  const longest = new Float64Array(work.length);
  let lists = 0;
  for (let chunk = 0; chunk < work.length; chunk++) {
    const last = lists - 1;
    const units = work[chunk]!;
    const dearest = Math.max(longest[last] ?? 0, units);
    const sum = (sums[last] ?? 0) + units;
    const count = chunk - (starts[last] ?? 0);
    const mostWork = Math.max(bounds.work, dearest >= bounds.dearWork ? bounds.threads * dearest : 0);
    const mostChunks = sum >= bounds.startWork ? bounds.chunks * bounds.threads : bounds.chunks;
    if (lists > 0 && count < Math.min(mostChunks, MAX_CHUNKS_PER_MESSAGE) && sum <= mostWork) {
      sums[last] = sum;
      longest[last] = dearest;
    } else {
      starts[lists] = chunk;
      sums[lists] = units;
      longest[lists++] = units;
    }
  }
  starts[lists] = work.length;
  const durations = sums
    .subarray(0, lists)
    .map((sum, list) => Math.max(longest[list]!, sum / bounds.threads));
  return new Packing(starts.slice(0, lists + 1), durations);
}

const INDEX_SPAN = 2 ** 20; // above MAX_CHUNKS
const RANK_SPAN = 2 ** 32;

/** Indices by falling duration, then rising. Rank and index share one number: a million sort in 0.1 s, by a comparator in 2. */
function longestFirst(durations: Float64Array): Uint32Array {
  const most = durations.reduce((a, b) => Math.max(a, b), 1);
  const keys = durations
    .map((each, at) => Math.floor((1 - each / most) * RANK_SPAN) * INDEX_SPAN + at)
    .sort();
  const order = new Uint32Array(keys.length);
  for (let at = 0; at < keys.length; at++) order[at] = keys[at]! % INDEX_SPAN;
  return order;
}
