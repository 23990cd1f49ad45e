/** What a job will take on an engine of this machine, from its plan and from measured seconds. Pure. */
import type { Plan } from "../record/plan.ts";
import type { Tariff } from "./bill.ts";
import { predictedUsd } from "./predicted-usd.ts";
import { type Range, spread } from "./ranges.ts";

/** What chunks take in CPU seconds, as measured here. */
export interface ChunksCost {
  /** All of them, once the kernel is compiled, in a thread that works alone. */
  readonly seconds: Range;
  /** What each thread takes beside until the engine has compiled the kernel. */
  readonly warmUp: number;
  /** How many times as much chunks take while all threads work: cores may share what they compute with. */
  readonly together: number;
  /** The share of a processor that a thread had, alone and with the others. */
  readonly share: { readonly alone: number; readonly together: number };
}

/** What is known of the job, wherever it runs. */
export interface Known {
  readonly figures: Plan;
  readonly cost: ChunksCost;
  /** How many pictures are drawn. */
  readonly pictures: number;
  /** Whether the kernel is a user's file, which is built, and some of whose cells are timed, before the job begins. */
  readonly isOwn: boolean;
}

/** What a job will be on an engine. */
export interface Prediction {
  /** CPU seconds of all chunks there. */
  readonly compute: Range;
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

/** Seconds of an engine beside the kernel's, on a core of its own. */
interface Overhead {
  /** Until the first chunk begins, and from the last chunk to the pictures. */
  readonly fixed: number;
  /** A chunk's, and those of a byte that it has: summing up, storing, reporting. */
  readonly chunk: number;
  readonly byte: number;
  /** What a thread's first chunk takes in CPU beside: a process compiles what computes. */
  readonly first: number;
}

/** On a machine with 2 shared cores (AMD EPYC, 2026-11-28), `manyhands run`; the user's own runs correct them. */
const OVERHEADS: Readonly<Record<LocalEngine, Overhead>> = {
  serial: { fixed: 0.12, chunk: 0.0005, byte: 1.5e-9, first: 0.009 },
  threads: { fixed: 0.15, chunk: 0.0005, byte: 1.5e-9, first: 0.003 },
  local: { fixed: 0.45, chunk: 0.005, byte: 2e-9, first: 0.006 },
};
/** What a command of this engine takes beside its chunks, without pictures and without the build of a kernel. */
export const fixedSeconds = (engine: LocalEngine): number => OVERHEADS[engine].fixed;

const OWN_KERNEL_SECONDS = 0.2;
const PICTURE_SECONDS = 0.045;
/** Invocations of engine local as they are metered, starts included. */
const SPLITTER_SECONDS = 0.42;
const WORKER_START_SECONDS = 0.35;
const AGGREGATOR_SECONDS = 0.65;

/** The deviation of ln(actual / predicted), until runs have told better: of CPU seconds, of time, and of what starts and ends take. */
const COMPUTE_DEVIATION = 0.13;
const TIME_DEVIATION = 0.08;
const ONCE_DEVIATION = 0.2;
/** What other programs take of the machine they may not take when the job runs, or more: of CPU seconds, as caches are shared, and of time. */
const BUSY_COMPUTE_DEVIATION = 0.1;
const BUSY_DEVIATION = 0.4;

/** `workers` at a time on as many `cores`; `tariff` is the deployment's that engine local stands for. */
export function predictHere(
  { figures, cost, pictures, isOwn }: Known,
  engine: LocalEngine,
  { workers, cores, tariff }: { readonly workers: number; readonly cores: number; readonly tariff: Tariff },
): Prediction {
  const { chunks, messages, bytes, seconds } = figures;
  const used = engine === "serial" ? 1 : Math.max(1, Math.min(workers, messages));
  const lanes = Math.min(used, cores);
  const isAlone = lanes === 1;
  const share = isAlone ? cost.share.alone : cost.share.together;
  const slower = isAlone ? 1 : cost.together;
  const { fixed, chunk, byte, first } = OVERHEADS[engine];
  const beside = chunk * chunks + byte * bytes.array;
  const heaviest = seconds.heaviestMessage / seconds.compute;

  const cpuFor = (cpu: number) => cpu * slower + (cost.warmUp + first) * lanes;
  const once = fixed + PICTURE_SECONDS * pictures + (isOwn ? OWN_KERNEL_SECONDS : 0);
  const secondsFor = (cpu: number) =>
    once / cost.share.alone +
    Math.max((cpuFor(cpu) + beside * slower) / lanes, cpuFor(cpu) * heaviest) / share;
  const usdFor = (cpu: number) =>
    predictedUsd(figures, tariff, tariff.memoryMb, {
      splitter: SPLITTER_SECONDS,
      worker: (cpuFor(cpu) + beside) / share + WORKER_START_SECONDS * used,
      aggregator: AGGREGATOR_SECONDS,
    });
  const { expected } = cost.seconds;
  const onceShare = once / cost.share.alone / secondsFor(expected);
  const deviation = TIME_DEVIATION + ONCE_DEVIATION * onceShare + BUSY_DEVIATION * (1 - share);
  return {
    compute: spread(
      cost.seconds,
      cpuFor,
      COMPUTE_DEVIATION + BUSY_COMPUTE_DEVIATION * (1 - cost.share.alone),
    ),
    seconds: spread(cost.seconds, secondsFor, deviation),
    usd: engine === "local" ? spread(cost.seconds, usdFor, deviation) : NOTHING,
    ...{ workers: used, chunks, messages, bytes: bytes.array },
  };
}

const NOTHING: Range = Object.freeze({ low: 0, expected: 0, high: 0 });
