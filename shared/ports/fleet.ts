/** The number of workers at a time, of all jobs together. */
export interface Cap {
  /** Workers that the queue's mapping starts by itself. */
  readonly mapping: number;
  /** Workers that splitters start beside those. */
  readonly burst: number;
}

/** The workers that a job's round asks for. */
export interface Wanted {
  readonly jobId: string;
  readonly round: number;
  readonly workers: number;
  /** The heaviest message's time by its estimated work (ms). */
  readonly longestMs: number;
}

/** Starts workers for a splitter once its messages are sent, beside those that the mapping starts. */
export interface Fleet {
  readonly cap: Cap;
  /**
   * Starts up to the wanted number of workers and returns their number. It is lower if the cap or other jobs leave
   * fewer, and 0 for a round that has its workers already. Never throws: the messages are worked without these workers,
   * too.
   */
  start(wanted: Wanted): Promise<number>;
}

/** A worker that was started ends after this many looks in a row that found no message; one of a fleet waits for one instead. */
export const LAST_LOOKS = 3;

/** A fleet without workers to start: the queue's own workers, or what plays them, do all the work. */
export const NO_FLEET: Fleet = { cap: { mapping: 0, burst: 0 }, start: async () => 0 };
