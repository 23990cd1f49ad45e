import { longWaitMs } from "../../shared/record/attendance.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { lasted } from "./text.ts";

/** Where a worker's time of a job went, as the mean over its workers (ms): the parts add up to the makespan. */
export interface MakespanParts {
  readonly compute: number;
  /** Before the first chunk: splitting, and starting workers or waiting for them. */
  readonly begin: number;
  /** A worker had a chunk and did not compute: it compressed, stored or reported it, or waited for a processor. */
  readonly store: number;
  /** A worker had no chunk: it started later than the first, waited for the queue, or was done before the last. */
  readonly idle: number;
}

const NAMES: Readonly<Record<keyof MakespanParts, string>> = {
  compute: "computing",
  begin: "until the first chunk (splitting, start-up)",
  store: "storing (or waiting for a processor)",
  idle: "waiting for the queue",
};

const EXACT_BELOW_MS = 600_000;

/**
 * Why a job took longer than one core would have computed, from what was measured; undefined where it did not, or where the times
 * of some chunks are unknown.
 */
export function belowOne(
  summary: Summary,
): { readonly sentence: string; readonly partsMs: MakespanParts } | undefined {
  const { speedUp, workers, makespanMs, computeMs, busyMs, waitedMs = 0, unknownTimes } = summary;
  if (speedUp >= 1 || workers === 0 || unknownTimes > 0) return undefined;
  const compute = computeMs / workers;
  const busy = Math.max(busyMs, computeMs) / workers;
  const begin = Math.min(waitedMs, Math.max(0, makespanMs - busy));
  const partsMs = { compute, begin, store: busy - compute, idle: Math.max(0, makespanMs - begin - busy) };
  const names = longWaitMs(waitedMs) > 0 ? { ...NAMES, begin: "waiting for a worker to begin" } : NAMES;
  const told = (Object.keys(NAMES) as (keyof MakespanParts)[])
    .filter((part) => Math.round(partsMs[part]) > 0)
    .sort((a, b) => partsMs[b] - partsMs[a])
    .map((part) => `${lasted(partsMs[part], EXACT_BELOW_MS)} ${names[part]}`);
  const whose = workers > 1 ? "each worker's" : "the worker's";
  const list = told.length > 1 ? `${told.slice(0, -1).join(", ")} and ${told.at(-1)}` : (told[0] ?? "");
  return {
    sentence: `below 1, since of ${whose} ${lasted(makespanMs, EXACT_BELOW_MS)} it spent ${list}`,
    partsMs,
  };
}
