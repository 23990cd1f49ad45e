import { ENV, readNumberEnv } from "../validation/env.ts";

/** The stages' clock, injected so that tests need not wait. All in milliseconds. */
export interface Clock {
  /** Since the epoch: only places a bar on the timeline. */
  epochMs(): number;
  /** From any origin, never backwards: for durations. */
  monotonicMs(): number;
  /** CPU time of the calling thread so far, because wall time inflates when slots outnumber cores. */
  cpuMs(): number;
}

const asItIsSet: Clock = {
  epochMs: () => Date.now(),
  // Not the global `performance`: it would load a module of its own, 3 ms of a cold start.
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  cpuMs: () => {
    if (!process.threadCpuUsage) return cpuMsOnNode22();
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  },
};

/** Node has `threadCpuUsage` since 23.9. Before, Linux tells the same, as of its last tick; elsewhere it is the time of all threads. */
export function cpuMsOnNode22(): number {
  try {
    const { readFileSync } = process.getBuiltinModule("node:fs");
    return Number.parseInt(readFileSync("/proc/thread-self/schedstat", "latin1"), 10) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}

/**
 * The time (epoch ms) at which the machine's monotonic clock was 0, by its present setting; all its processes share it.
 */
export function clockOrigin(): number {
  return Date.now() - asItIsSet.monotonicMs();
}

/** A clock for a run within one machine: changing the machine's clock meanwhile does not affect it. */
export function steadyClock(origin = clockOrigin()): Clock {
  return { ...asItIsSet, epochMs: () => Math.floor(origin + asItIsSet.monotonicMs()) };
}

/** A steady clock if the parent process passed an origin. Lambda passes none, and may freeze monotonic time. */
export const systemClock: Clock =
  process.env[ENV.clockOrigin] === undefined ? asItIsSet : steadyClock(readNumberEnv(ENV.clockOrigin));
