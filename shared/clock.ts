/** Time as the stages see it, so that decisions can be tested without waiting. All in milliseconds. */
export interface Clock {
  /** Since the epoch: places a bar on the timeline, and nothing else. */
  epochMs(): number;
  /** From any origin, never backwards: durations. */
  monotonicMs(): number;
  /** CPU time of the calling thread so far: wall time inflates when slots outnumber cores. */
  cpuMs(): number;
}

export const systemClock: Clock = {
  epochMs: () => Date.now(),
  // The global `performance` would load a module of its own: 3 ms of a cold start.
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  cpuMs: () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  },
};
