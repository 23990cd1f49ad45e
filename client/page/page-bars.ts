/** Keeps a timeline small whatever the number of chunks: bars that no picture tells apart become one. Pure. */

/** What a worker did on one chunk; beyond a bound, on several that lie closer than a pixel. Times are ms since submission. */
export interface PageBar {
  /** Index into the lanes. */
  readonly lane: number;
  /** The chunk, or the first one. */
  readonly chunk: number;
  readonly chunks: number;
  readonly startMs: number;
  readonly durationMs: number;
  /** CPU time of kernel and encoding, of all its chunks together. */
  readonly cpuMs: number;
}

/** The most bars that a page has. */
const MOST_BARS = 20_000;

/**
 * The bars, or if those are more than `most`, one for each lane and stretch of time in which some began. Stretches are as short as the
 * bound allows; lanes beyond it are not drawn apart either, so each has at least one.
 */
export function boundedBars(bars: readonly PageBar[], lanes: number, most = MOST_BARS): readonly PageBar[] {
  if (bars.length <= most) return bars;
  // Half of it: what comes next has room before the bars are merged again.
  const stretches = Math.max(1, Math.floor(most / 2 / Math.max(1, lanes)));
  let endMs = 0;
  for (const { startMs, durationMs } of bars) endMs = Math.max(endMs, startMs + durationMs);
  const merged = new Map<number, PageBar>();
  for (const bar of bars) {
    const stretch = Math.min(stretches - 1, Math.floor((bar.startMs / endMs) * stretches));
    const key = bar.lane * stretches + stretch;
    const before = merged.get(key);
    merged.set(key, before ? together(before, bar) : bar);
  }
  return [...merged.values()];
}

function together(a: PageBar, b: PageBar): PageBar {
  const [first, second] = a.startMs <= b.startMs ? [a, b] : [b, a];
  const endMs = Math.max(a.startMs + a.durationMs, b.startMs + b.durationMs);
  return {
    lane: a.lane,
    chunk: first.chunk,
    chunks: first.chunks + second.chunks,
    startMs: first.startMs,
    durationMs: endMs - first.startMs,
    cpuMs: a.cpuMs + b.cpuMs,
  };
}
