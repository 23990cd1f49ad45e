/** When the slots were at work, from when their chunks were. */
import type { Ledger } from "./ledger.ts";

/** What the chunks' times say of their slots. */
export interface AtWork {
  /**
   * From when on (epoch ms) a chunk was all that its slot worked at: a slot stores a chunk while it computes the next one.
   * At the latest the chunk's end; NaN where its times are unknown.
   */
  readonly fromMs: Float64Array;
  /** How long a slot was at work, summed over the slots. */
  readonly busyMs: number;
  /**
   * The most slots that were there at once: by their chunks, each from its first one's start to its last one's end; or, if those are
   * more, among the slots that started cold, each from when it began to start. The thread that sees to the first messages while
   * others start is none of those, and so no further worker.
   */
  readonly slots: number;
}

/** Starts are whole milliseconds: what began in the one in which something else ended came after it. */
const RESOLUTION_MS = 1;

export function atWork(ledger: Ledger): AtWork {
  const { startedAtMs, durationMs, slot } = ledger;
  const fromMs = new Float64Array(startedAtMs.length).fill(Number.NaN);
  const known = new Uint32Array(slot.keys().filter((chunk) => slot[chunk]! >= 0));
  known.sort((a, b) => startedAtMs[a]! - startedAtMs[b]!);
  const firstMs = new Map<number, number>();
  const lastMs = new Map<number, number>();
  let busyMs = 0;
  for (const chunk of known) {
    const startMs = startedAtMs[chunk]!;
    const endMs = startMs + durationMs[chunk]!;
    const reachedMs = lastMs.get(slot[chunk]!) ?? startMs;
    fromMs[chunk] = Math.min(Math.max(startMs, reachedMs), endMs);
    busyMs += endMs - fromMs[chunk]!;
    if (!firstMs.has(slot[chunk]!)) firstMs.set(slot[chunk]!, startMs);
    lastMs.set(slot[chunk]!, Math.max(reachedMs, endMs));
  }
  const spans = [...firstMs].map(([at, ms]) => ({ fromMs: ms, toMs: lastMs.get(at)! }));
  const initMs = new Map(ledger.coldStarts.map((start) => [start.slot, start.initMs]));
  const cold = [...firstMs].flatMap(([at, ms]) =>
    initMs.has(at) ? [{ fromMs: ms - initMs.get(at)!, toMs: lastMs.get(at)! }] : [],
  );
  return { fromMs, busyMs, slots: Math.max(mostAtOnce(spans), mostAtOnce(cold)) };
}

/** A slot that ended makes room for another: a worker that died, or the thread that saw to the first messages. */
function mostAtOnce(spans: readonly { readonly fromMs: number; readonly toMs: number }[]): number {
  const starts = Float64Array.from(spans, ({ fromMs }) => fromMs).sort();
  const ends = Float64Array.from(spans, ({ fromMs, toMs }) => Math.max(fromMs, toMs - RESOLUTION_MS)).sort();
  let most = 0;
  let gone = 0;
  for (let come = 0; come < starts.length; come++) {
    while (ends[gone]! < starts[come]!) gone++;
    most = Math.max(most, come + 1 - gone);
  }
  return most;
}
