/** What a job will take and cost on a deployment, from its plan and from seconds measured here. Pure. */
import { type Cap, LAST_LOOKS } from "../ports/fleet.ts";
import type { Plan, Requests } from "../record/plan.ts";
import type { Tariff } from "./bill.ts";
import { mappingConcurrencyAt } from "./mapping-ramp.ts";
import type { Known, Prediction } from "./predict-here.ts";
import { predictedUsd } from "./predicted-usd.ts";
import { burstSeconds, drainersFor, fleetOf, type JobSize, mappingSeconds } from "./ramp.ts";
import { spread } from "./ranges.ts";
import { INIT_MS, REQUEST_MS, storingSeconds, waitedMs } from "./stage-times.ts";
import { MB_PER_VCPU, SHARED_CORES, threadsFor } from "./workers.ts";

/** A deployment: its workers, how many there may be, and what they cost. */
export interface Deployed {
  readonly tariff: Tariff;
  readonly cap: Cap;
  readonly ramp: "mapping" | "burst";
  /** The splitter's and the aggregator's. */
  readonly ownMemoryMb: number;
}

/** The deviation of ln(actual / predicted) that is taken for a cloud that no run has seen. */
const SECONDS_DEVIATION = 0.4;
const USD_DEVIATION = 0.2;

/** A first event's CPU beyond another one's, on a whole vCPU: 54 ms and 19. */
const FIRST_EVENT_SECONDS = 0.035;
/** One drainer of a group waits as long for a last message; each of the others looks a few times. */
const LAST_RECEIVE_SECONDS = 1;
const LAST_LOOKS_SECONDS = (LAST_LOOKS * REQUEST_MS) / 1000;
const ROUND_TRIP_SECONDS = 0.3;
/** How long the first report of a batch waits for others. */
const BATCH_WINDOW_SECONDS = 1;
const PICTURES_SECONDS = 0.2;

/**
 * By published figures of Lambda, S3 and SQS: a vCPU is taken for a core of this machine, and memory gives m / 1769 of one. No run on AWS
 * has confirmed it.
 */
export function predictDeployed({ figures, cost, pictures }: Known, deployed: Deployed): Prediction {
  const compute = cost.seconds;
  const { chunks, messages, bytes, requests } = figures;
  const { tariff, cap, ownMemoryMb } = deployed;
  const splitter = startSeconds(ownMemoryMb) + waitedSeconds(requests.splitter);
  const drawing = pictures > 0 ? PICTURES_SECONDS / Math.min(1, shareOf(ownMemoryMb)) : 0;
  const aggregator = startSeconds(ownMemoryMb) + waitedSeconds(requests.aggregator) + drawing;

  const drainers = drainersOf(figures, compute.expected, deployed);
  const fleet = Math.max(1, fleetOf(figures, cap, drainers));
  const secondsFor = (cpu: number) =>
    ROUND_TRIP_SECONDS +
    splitter +
    flowOf(figures, cpu, deployed, drainers).seconds +
    BATCH_WINDOW_SECONDS +
    aggregator;
  const waiting = drainers > 0 ? LAST_RECEIVE_SECONDS + LAST_LOOKS_SECONDS * (drainers - 1) : 0;
  const usdFor = (cpu: number) => {
    const worker = flowOf(figures, cpu, deployed, drainers).busySeconds + waiting;
    return predictedUsd(figures, tariff, ownMemoryMb, { splitter, worker, aggregator });
  };
  return {
    compute,
    seconds: spread(compute, secondsFor, SECONDS_DEVIATION),
    usd: spread(compute, usdFor, USD_DEVIATION),
    ...{ workers: fleet, chunks, messages, bytes: bytes.array },
  };
}

/**
 * The workers' part of a job that computes for `cpu` seconds on a core: from the first message to the last, and all workers together.
 * `drainers` are those that a splitter starts of it.
 */
export function flowOf(
  figures: Plan,
  cpu: number,
  deployed: Deployed,
  drainers = drainersOf(figures, cpu, deployed),
): { readonly seconds: number; readonly busySeconds: number } {
  const { cap, tariff } = deployed;
  const size = sizeOf(figures, cpu, tariff.memoryMb);
  const fleet = Math.max(1, fleetOf(size, cap, drainers));
  const start = startSeconds(tariff.memoryMb);
  const flowing = drainers > 0 ? burstSeconds(size, cap, drainers) : mappingSeconds(size, fleet);
  // A brief job never sees the whole of a growing fleet.
  const begun = drainers > 0 ? fleet : Math.min(fleet, mappingConcurrencyAt(flowing));
  return {
    seconds: start + Math.max(flowing, size.heaviestSeconds),
    busySeconds: size.workSeconds + begun * start,
  };
}

function drainersOf(figures: Plan, cpu: number, { ramp, cap, tariff }: Deployed): number {
  return ramp === "burst" ? drainersFor("auto", sizeOf(figures, cpu, tariff.memoryMb), cap) : 0;
}

function sizeOf(figures: Plan, cpu: number, memoryMb: number): JobSize {
  const { messages, seconds } = figures;
  return {
    messages,
    workSeconds: cpu * (seconds.busy / seconds.compute) * slowdown(memoryMb) + storingSeconds(figures),
    heaviestSeconds: heaviestSeconds(figures, cpu, memoryMb),
  };
}

/** How long the heaviest message occupies a worker with this memory, where the job computes for `cpu` seconds on a core. */
export function heaviestSeconds({ seconds }: Pick<Plan, "seconds">, cpu: number, memoryMb: number): number {
  return cpu * (seconds.heaviestMessage / seconds.compute) * slowdown(memoryMb);
}

/** vCPUs: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html; measured to be linear within 0.5 % (pwrdrvr, 2025-03). */
const shareOf = (memoryMb: number) => memoryMb / MB_PER_VCPU;

/** How much longer one of a worker's threads takes than it would alone on a core. */
function slowdown(memoryMb: number): number {
  const threads = threadsFor(memoryMb);
  const cores = Math.min(threads, shareOf(memoryMb));
  return threads / (threads === 1 ? cores : cores * SHARED_CORES);
}

/** Until an environment with this memory has its first message in hand. */
export const startSeconds = (memoryMb: number) =>
  INIT_MS / 1000 + FIRST_EVENT_SECONDS / Math.min(1, shareOf(memoryMb));

const waitedSeconds = (requests: Requests) => waitedMs(requests) / 1000;
