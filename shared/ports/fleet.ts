/** How many workers there may be at a time, of all jobs together. */
export interface Cap {
  /** Those that come by themselves for a queue's messages: the mapping's. */
  readonly mapping: number;
  /** Those that splitters start beside them. */
  readonly burst: number;
}

/** What a job's round would have of the fleet. */
export interface Wanted {
  readonly jobId: string;
  readonly round: number;
  readonly workers: number;
  /** What the heaviest message should take, by its estimated work (ms). */
  readonly longestMs: number;
}

/** Workers that a splitter may start once its messages are sent, beside those that come by themselves. */
export interface Fleet {
  readonly cap: Cap;
  /**
   * Starts up to as many workers as are wanted and returns how many: fewer where the cap or other jobs leave fewer, none for a
   * round that has its workers already. Never throws: the messages are worked without them, too.
   */
  start(wanted: Wanted): Promise<number>;
}

/** Where there is nothing to start: the queue's own workers, or what plays them, are all there is. */
export const NO_FLEET: Fleet = { cap: { mapping: 0, burst: 0 }, start: async () => 0 };
