import { ENV, readNumberEnv } from "../validation/env.ts";

/** Time as the stages see it, so that decisions can be tested without waiting. All in milliseconds. */
export interface Clock {
  /** Since the epoch: places a bar on the timeline, and nothing else. */
  epochMs(): number;
  /** From any origin, never backwards: durations. */
  monotonicMs(): number;
  /** CPU time of the calling thread so far: wall time inflates when slots outnumber cores. */
  cpuMs(): number;
}

const asItIsSet: Clock = {
  epochMs: () => Date.now(),
  // The global `performance` would load a module of its own: 3 ms of a cold start.
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  cpuMs: () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  },
};

/** When (epoch ms), as the machine's clock is set now, its monotonic time was 0, which all its processes have in common. */
export function clockOrigin(): number {
  return Date.now() - asItIsSet.monotonicMs();
}

/** The clock of a run within one machine: whoever sets that one's clock meanwhile does not change it. */
export function steadyClock(origin = clockOrigin()): Clock {
  return { ...asItIsSet, epochMs: () => Math.floor(origin + asItIsSet.monotonicMs()) };
}

/** Steady where whoever began this process says from which origin; Lambda does not, and freezes monotonic time perhaps. */
export const systemClock: Clock =
  process.env[ENV.clockOrigin] === undefined ? asItIsSet : steadyClock(readNumberEnv(ENV.clockOrigin));
