/** Pauses before resumptions, perhaps of days: they do not count in a job's makespan. */
import type { Round } from "../../shared/record/rounds.ts";

/** Since the epoch, and how long (ms). */
interface Pause {
  readonly endsAtMs: number;
  readonly lengthMs: number;
}

/** The time from the end of what was done before each round, or from its own beginning, to the round. */
export function pausesBefore(
  rounds: readonly Pick<Round, "atMs">[],
  submittedAtMs: number,
  { startedAtMs, durationMs }: { readonly startedAtMs: Float64Array; readonly durationMs: Float64Array },
): Pause[] {
  let beganAtMs = submittedAtMs;
  return rounds.map(({ atMs }) => {
    let lastEndMs = beganAtMs;
    for (let chunk = 0; chunk < startedAtMs.length; chunk++) {
      const startMs = startedAtMs[chunk]!;
      if (startMs >= beganAtMs && startMs < atMs)
        lastEndMs = Math.max(lastEndMs, startMs + durationMs[chunk]!);
    }
    beganAtMs = atMs;
    return { endsAtMs: atMs, lengthMs: Math.max(0, atMs - lastEndMs) };
  });
}

/** A point in time as it would have been without the pauses before it. */
export function withoutPauses(timeMs: number, pauses: readonly Pause[]): number {
  return pauses.reduce((ms, { endsAtMs, lengthMs }) => (timeMs >= endsAtMs ? ms - lengthMs : ms), timeMs);
}
