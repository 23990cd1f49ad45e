/** What one run says of more workers, by Amdahl's law. Pure. */
import type { PageData } from "./page-data.ts";

export interface AmdahlOfRun {
  /** The time (ms) in which no worker was at work: start-up, splitting, waiting, pauses. No further worker shortens it. */
  readonly serialMs: number;
  /** What all workers together were at work. */
  readonly busyMs: number;
  /** The longest chunk: no number of workers is done sooner with all of them. */
  readonly longestMs: number;
  /** The serial share of the time that one worker would take. */
  readonly serialShare: number;
  /** How many times as fast as one worker that number of them is, each on a core of its own. */
  readonly speedUp: (workers: number) => number;
}

/** Undefined where no time of a chunk is known. */
export function amdahlOfRun({ bars, summary }: Pick<PageData, "bars" | "summary">): AmdahlOfRun | undefined {
  if (!summary || bars.length === 0 || summary.busyMs <= 0) return undefined;
  const { makespanMs, busyMs } = summary;
  const serialMs = Math.max(0, makespanMs - unionMs(bars));
  const known = bars.filter(({ chunks }) => chunks === 1).map(({ durationMs }) => durationMs);
  const longestMs = known.reduce((most, ms) => Math.max(most, ms), summary.slowest?.cpuMs ?? 0);
  const aloneMs = serialMs + busyMs;
  return {
    ...{ serialMs, busyMs, longestMs, serialShare: serialMs / aloneMs },
    speedUp: (workers) => aloneMs / (serialMs + Math.max(busyMs / workers, Math.min(longestMs, busyMs))),
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
