/** How many workers there may be at a time, of all jobs together. */
export interface Cap {
  /** Those that come by themselves for a queue's messages: the mapping's. */
  readonly mapping: number;
  /** Those that splitters start beside them. */
  readonly burst: number;
}
