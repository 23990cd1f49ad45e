/** What a job will take on an engine of this machine, from its plan and from measured seconds. Pure. */
import type { Plan } from "../record/plan.ts";
import type { Tariff } from "./bill.ts";
import { predictedUsd } from "./predicted-usd.ts";
import { type Range, spread } from "./ranges.ts";
import { SHARED_CORES } from "./workers.ts";

/** What is known of the job, wherever it runs. */
export interface Known {
  readonly figures: Plan;
  /** CPU seconds of all chunks on a core of this machine. */
  readonly compute: Range;
  readonly hasPictures: boolean;
}

/** What a job will be on an engine. */
export interface Prediction {
  /** From the start of the command to the job's end. */
  readonly seconds: Range;
  /** On engine local it is what the deployment would cost that the engine stands for, as its summary says. */
  readonly usd: Range;
  readonly workers: number;
  readonly chunks: number;
  readonly messages: number;
  /** The array's, before compression. */
  readonly bytes: number;
}

export const LOCAL_ENGINES = ["serial", "threads", "local"] as const;
export type LocalEngine = (typeof LOCAL_ENGINES)[number];

/** Seconds of an engine beside the kernel's: until the first chunk begins, a chunk's own, and from the last chunk to the end. */
interface Overhead {
  readonly start: number;
  readonly chunk: number;
  readonly end: number;
}

/** On a machine with 2 shared cores (AMD EPYC, 2026-11-28), `manyhands run` of 16 and 64 chunks; the user's own runs correct them. */
const OVERHEADS: Readonly<Record<LocalEngine, Overhead>> = {
  serial: { start: 0.2, chunk: 0.003, end: 0.1 },
  threads: { start: 0.2, chunk: 0.003, end: 0.1 },
  local: { start: 0.75, chunk: 0.008, end: 0.25 },
};
const PICTURES_SECONDS = 0.2;
/** Invocations of engine local as they are metered, starts included. */
const SPLITTER_SECONDS = 0.42;
const WORKER_START_SECONDS = 0.35;
const AGGREGATOR_SECONDS = 0.65;

/** The deviation of ln(actual / predicted) on a shared machine, until runs have told better. */
const DEVIATION = 0.25;

/** `workers` at a time on as many `cores`; `tariff` is the deployment's that engine local stands for. */
export function predictHere(
  { figures, compute, hasPictures }: Known,
  engine: LocalEngine,
  { workers, cores, tariff }: { readonly workers: number; readonly cores: number; readonly tariff: Tariff },
): Prediction {
  const { chunks, messages, bytes, seconds } = figures;
  const used = engine === "serial" ? 1 : Math.max(1, Math.min(workers, messages));
  const lanes = Math.min(used, cores);
  const gain = lanes === 1 ? 1 : lanes * SHARED_CORES;
  const { start, chunk, end } = OVERHEADS[engine];
  const heaviest = seconds.heaviestMessage / seconds.compute;
  const secondsFor = (cpu: number) =>
    start +
    Math.max((cpu + chunk * chunks) / gain, cpu * heaviest) +
    end +
    (hasPictures ? PICTURES_SECONDS : 0);
  const usdFor = (cpu: number) =>
    predictedUsd(figures, tariff, tariff.memoryMb, {
      splitter: SPLITTER_SECONDS,
      worker: cpu + chunk * chunks + WORKER_START_SECONDS * used,
      aggregator: AGGREGATOR_SECONDS,
    });
  return {
    seconds: spread(compute, secondsFor, DEVIATION),
    usd: engine === "local" ? spread(compute, usdFor, DEVIATION) : NOTHING,
    ...{ workers: used, chunks, messages, bytes: bytes.array },
  };
}

const NOTHING: Range = Object.freeze({ low: 0, expected: 0, high: 0 });
