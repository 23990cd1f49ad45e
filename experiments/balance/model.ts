/** A fleet in simulation: who is busy how long, when messages of known cost are taken by whoever is free. Pure. */

/** When (s) a worker, counted from 0, is ready for its first message; Infinity for one that never comes. */
export type Ramp = (worker: number) => number;

/** All workers are there from the beginning. */
export const ALL_AT_ONCE: Ramp = () => 0;

export interface Fleet {
  readonly workers: number;
  readonly ramp: Ramp;
  /** What a message costs beside its chunks (s): fetching, acknowledging, reporting. */
  readonly messageSeconds: number;
}

export interface Outcome {
  /** From time 0 until the last worker is done. */
  readonly makespanSeconds: number;
  /** By worker: chunks and what their messages cost. */
  readonly busySeconds: Float64Array;
  /** The busiest worker's time by the mean of all. */
  readonly slowestOverMean: number;
  /** Of the time that workers were there, up to the makespan, the share in which they had nothing to do. */
  readonly idleShare: number;
  /** The makespan by what it would be if the chunks' work alone were divided evenly among all workers. */
  readonly timesIdeal: number;
}

/**
 * List scheduling: `messages` (lists of chunk indices) are taken in their order, each by the worker that is free
 * first, the lowest number if several are. `chunkSeconds` are the chunks' costs by index. Takes
 * O(messages log workers): a million messages and 10,000 workers are a second.
 */
export function simulate(
  chunkSeconds: ArrayLike<number>,
  messages: Iterable<readonly number[]>,
  { workers, ramp, messageSeconds }: Fleet,
): Outcome {
  const ready = Float64Array.from({ length: workers }, (_, worker) => ramp(worker));
  const busySeconds = new Float64Array(workers);
  const queue = new FreeWorkers(ready);
  let makespanSeconds = 0;
  let work = 0;
  for (const chunks of messages) {
    let seconds = 0;
    for (const chunk of chunks) seconds += chunkSeconds[chunk]!;
    work += seconds;
    seconds += messageSeconds;
    const end = queue.firstFreeAt + seconds;
    busySeconds[queue.firstFree]! += seconds;
    makespanSeconds = Math.max(makespanSeconds, end);
    queue.occupyFirst(end);
  }
  const busy = busySeconds.reduce((sum, seconds) => sum + seconds, 0);
  const present = ready.reduce((sum, at) => sum + Math.max(0, makespanSeconds - at), 0);
  const slowest = busySeconds.reduce((most, seconds) => Math.max(most, seconds), 0);
  return {
    makespanSeconds,
    busySeconds,
    slowestOverMean: busy > 0 ? (slowest * workers) / busy : 1,
    idleShare: present > 0 ? 1 - busy / present : 0,
    timesIdeal: work > 0 ? (makespanSeconds * workers) / work : 1,
  };
}

/** As many lists of consecutive chunks as there are workers, equal to one chunk: what a static split hands out. */
export function blocks(chunks: number, workers: number): number[][] {
  return Array.from({ length: workers }, (_, block) => {
    const first = Math.floor((block * chunks) / workers);
    const end = Math.floor(((block + 1) * chunks) / workers);
    return Array.from({ length: end - first }, (_, k) => first + k);
  });
}

/** A binary heap of workers by the time at which each is free. */
class FreeWorkers {
  readonly #at: Float64Array;
  readonly #worker: Uint32Array;

  constructor(readyAt: Float64Array) {
    const order = Array.from(readyAt.keys()).sort(
      (a, b) => compareNumbers(readyAt[a]!, readyAt[b]!) || a - b,
    );
    this.#worker = Uint32Array.from(order);
    this.#at = Float64Array.from(order, (worker) => readyAt[worker]!);
  }

  get firstFree(): number {
    return this.#worker[0]!;
  }

  get firstFreeAt(): number {
    return this.#at[0]!;
  }

  /** The first free worker is free again at `at`. */
  occupyFirst(at: number): void {
    const worker = this.#worker[0]!;
    const count = this.#at.length;
    let hole = 0;
    for (let child = 1; child < count; child = 2 * hole + 1) {
      if (child + 1 < count && this.#before(child + 1, this.#at[child]!, this.#worker[child]!)) child++;
      if (!this.#before(child, at, worker)) break;
      this.#at[hole] = this.#at[child]!;
      this.#worker[hole] = this.#worker[child]!;
      hole = child;
    }
    this.#at[hole] = at;
    this.#worker[hole] = worker;
  }

  #before(place: number, at: number, worker: number): boolean {
    return this.#at[place]! < at || (this.#at[place] === at && this.#worker[place]! < worker);
  }
}

/** Infinity - Infinity is no number. */
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
