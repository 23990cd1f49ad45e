/**
 * Workers tell by their own clocks when they began, and clocks are set, run wrong, or differ. What they say is possible
 * only between the job's submission and the arrival of their reports; what is not is moved to where it can have been.
 */
import type { ReportMessage } from "../../shared/messages/chunk-report.ts";

/** Clocks without synchronisation differ by about this much: the aggregator's may be behind a worker's. */
const SKEW_MS = 1000;

/** The report with times that had passed when it arrived. Durations are measured: they stay. */
export function endedBy(report: ReportMessage, arrivedAtMs: number): ReportMessage {
  const ends = report.chunks.map(({ times }) => (times ? times.startedAtMs + times.durationMs : 0));
  const aheadMs = ends.reduce((most, ms) => Math.max(most, ms), 0) - arrivedAtMs;
  const isWrong = aheadMs > SKEW_MS;
  return {
    ...report,
    chunks: report.chunks.map((chunk) =>
      isWrong && chunk.times
        ? { ...chunk, times: { ...chunk.times, startedAtMs: chunk.times.startedAtMs - aheadMs, moved: true } }
        : chunk,
    ),
    failures: report.failures.map((failure) => ({
      ...failure,
      failedAtMs: failure.failedAtMs - arrivedAtMs > SKEW_MS ? arrivedAtMs : failure.failedAtMs,
    })),
  };
}

interface Times {
  readonly startedAtMs: Float64Array;
  readonly durationMs: Float64Array;
  readonly slot: Int32Array;
}

/**
 * Moves chunks that seem to start before the job was submitted, and returns which. One that seems to end before, too, tells
 * nothing of when it was computed: such chunks of a slot keep their distances and follow its other ones.
 */
export function afterSubmission(submittedAtMs: number, { startedAtMs, durationMs, slot }: Times): number[] {
  const early = [...startedAtMs.keys().filter((chunk) => startedAtMs[chunk]! < submittedAtMs)];
  if (early.length === 0) return early;
  const endMs = (chunk: number) => startedAtMs[chunk]! + durationMs[chunk]!;
  const firstMs = new Map<number, number>();
  for (const chunk of early) {
    if (endMs(chunk) > submittedAtMs) startedAtMs[chunk] = submittedAtMs;
    else firstMs.set(slot[chunk]!, Math.min(startedAtMs[chunk]!, firstMs.get(slot[chunk]!) ?? submittedAtMs));
  }
  const freeMs = new Map<number, number>();
  for (let chunk = 0; chunk < slot.length; chunk++) {
    if (startedAtMs[chunk]! >= submittedAtMs && firstMs.has(slot[chunk]!))
      freeMs.set(slot[chunk]!, Math.max(endMs(chunk), freeMs.get(slot[chunk]!) ?? submittedAtMs));
  }
  for (const chunk of early) {
    if (startedAtMs[chunk]! < submittedAtMs)
      startedAtMs[chunk]! += (freeMs.get(slot[chunk]!) ?? submittedAtMs) - firstMs.get(slot[chunk]!)!;
  }
  return early;
}
