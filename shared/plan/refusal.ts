/** Why a job cannot succeed on a deployment: found before anything is sent. Pure. */
import { counted } from "../validation/counted.ts";
import { roughly } from "../validation/roughly.ts";
import type { Range } from "./ranges.ts";

interface Asked {
  /** How long the heaviest message occupies a worker. */
  readonly heaviestSeconds: Range;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** A worker's process (MB). */
  readonly peakMemoryMb: number;
  readonly workers: number;
  /** Invocations at a time that the account has left; absent where it was not asked. */
  readonly accountLimit?: number | undefined;
}

/** A sentence where even the low end of the interval is too much; undefined where the job may succeed. */
export function refusalOf(asked: Asked): string | undefined {
  const { heaviestSeconds, timeoutSeconds, memoryMb, peakMemoryMb, workers, accountLimit } = asked;
  if (heaviestSeconds.low > timeoutSeconds)
    return `Its heaviest message takes about ${roughly(1000 * heaviestSeconds.expected)} of a worker with ${memoryMb} MB, whose timeout is ${timeoutSeconds} s: no attempt would end. Take smaller chunks, fewer of them in a message, or a deployment with a longer timeout.`;
  if (peakMemoryMb > memoryMb)
    return `A worker would need about ${peakMemoryMb} MB for a chunk, and has ${memoryMb} MB. Take smaller chunks, or a deployment with more memory.`;
  if (accountLimit !== undefined && workers > accountLimit)
    return `It may start ${counted(workers, "worker")} at a time, and the account has ${accountLimit} invocations left: throttled messages would use up their attempts. Deploy with a smaller maxConcurrency, or ask Service Quotas for more.`;
  return undefined;
}
