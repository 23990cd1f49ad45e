/** What one run says of more workers, by Amdahl's law. Pure. */
import { longWaitMs } from "../../shared/record/attendance.ts";
import type { PageData } from "./page-data.ts";

export interface AmdahlOfRun {
  /** The time (ms) in which no worker was at work: start-up, splitting, waiting, pauses. No further worker shortens it. */
  readonly serialMs: number;
  /** The time (ms) before a worker began, of a job that waited for one: it is in no other figure. */
  readonly waitedMs: number;
  /** What can be shared: how long all workers together were at work; their CPU time where they had fewer cores. */
  readonly sharedMs: number;
  /** The longest chunk: no number of workers is done sooner with all of them. */
  readonly longestMs: number;
  /** The serial share of the time that one worker would take. */
  readonly serialShare: number;
  /** How many times as fast as one worker that number of them is, each on a core of its own. */
  readonly speedUp: (workers: number) => number;
}

/**
 * Undefined where no time of a chunk is known, and where items were mapped by more workers than cores: whether those waited for
 * a core or for something else is not known.
 */
export function amdahlOfRun(
  data: Pick<PageData, "bars" | "summary" | "counts" | "values" | "cores">,
): AmdahlOfRun | undefined {
  const { bars, summary, counts, values, cores = Number.POSITIVE_INFINITY } = data;
  if (!summary || bars.length === 0) return undefined;
  const areCrowded = counts.workers > cores;
  const sharedMs = areCrowded ? summary.computeMs : summary.busyMs;
  if (sharedMs <= 0 || (areCrowded && values.length === 0)) return undefined;
  const waitedMs = longWaitMs(summary.waitedMs);
  const serialMs = Math.max(0, summary.makespanMs - waitedMs - unionMs(bars));
  const known = bars
    .filter(({ chunks }) => chunks === 1)
    .map(({ durationMs, cpuMs }) => (areCrowded ? cpuMs : durationMs));
  const longestMs = known.reduce((most, ms) => Math.max(most, ms), summary.slowest?.cpuMs ?? 0);
  const aloneMs = serialMs + sharedMs;
  return {
    ...{ serialMs, waitedMs, sharedMs, longestMs, serialShare: serialMs / aloneMs },
    speedUp: (workers) => aloneMs / (serialMs + Math.max(sharedMs / workers, Math.min(longestMs, sharedMs))),
  };
}

/** How long at least one of the bars lasted. */
function unionMs(bars: PageData["bars"]): number {
  let [sum, reachedMs] = [0, Number.NEGATIVE_INFINITY];
  for (const { startMs, durationMs } of bars.toSorted((a, b) => a.startMs - b.startMs)) {
    const endMs = startMs + durationMs;
    sum += Math.max(0, endMs - Math.max(startMs, reachedMs));
    reachedMs = Math.max(reachedMs, endMs);
  }
  return sum;
}
