/** What a job will take and cost on a deployment, from its plan and from seconds measured here. Pure. */
import { type Cap, LAST_LOOKS } from "../ports/fleet.ts";
import type { Plan, Requests } from "../record/plan.ts";
import type { Tariff } from "./bill.ts";
import type { Known, Prediction } from "./predict-here.ts";
import { predictedUsd } from "./predicted-usd.ts";
import { burstSeconds, drainersFor, fleetOf, type JobSize, mappingSeconds } from "./ramp.ts";
import { spread } from "./ranges.ts";
import { INIT_MS, REQUEST_MS, storingSeconds, waitedMs } from "./stage-times.ts";
import { MB_PER_VCPU, threadsFor } from "./workers.ts";

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
  const { chunks, messages, bytes, requests, seconds } = figures;
  const { tariff, cap, ramp, ownMemoryMb } = deployed;
  const { memoryMb } = tariff;
  const storing = storingSeconds(figures);
  const start = startSeconds(memoryMb);
  const splitter = startSeconds(ownMemoryMb) + waitedSeconds(requests.splitter);
  const drawing = pictures > 0 ? PICTURES_SECONDS / Math.min(1, shareOf(ownMemoryMb)) : 0;
  const aggregator = startSeconds(ownMemoryMb) + waitedSeconds(requests.aggregator) + drawing;

  const sizeFor = (cpu: number): JobSize => ({
    ...{ messages, workSeconds: cpu * (seconds.busy / seconds.compute) * slowdown(memoryMb) + storing },
    heaviestSeconds: heaviestSeconds(figures, cpu, memoryMb),
  });
  const drainers = ramp === "burst" ? drainersFor("auto", sizeFor(compute.expected), cap) : 0;
  const fleet = Math.max(1, fleetOf({ messages }, cap, drainers));
  const secondsFor = (cpu: number) => {
    const size = sizeFor(cpu);
    const flowing = ramp === "burst" ? burstSeconds(size, cap, drainers) : mappingSeconds(size, fleet);
    const working = start + Math.max(flowing, size.heaviestSeconds);
    return ROUND_TRIP_SECONDS + splitter + working + BATCH_WINDOW_SECONDS + aggregator;
  };
  const waiting = drainers > 0 ? LAST_RECEIVE_SECONDS + LAST_LOOKS_SECONDS * (drainers - 1) : 0;
  const usdFor = (cpu: number) => {
    const worker = sizeFor(cpu).workSeconds + fleet * start + waiting;
    return predictedUsd(figures, tariff, ownMemoryMb, { splitter, worker, aggregator });
  };
  return {
    compute,
    seconds: spread(compute, secondsFor, SECONDS_DEVIATION),
    usd: spread(compute, usdFor, USD_DEVIATION),
    ...{ workers: fleet, chunks, messages, bytes: bytes.array },
  };
}

/** How long the heaviest message occupies a worker with this memory, where the job computes for `cpu` seconds on a core. */
export function heaviestSeconds({ seconds }: Pick<Plan, "seconds">, cpu: number, memoryMb: number): number {
  return cpu * (seconds.heaviestMessage / seconds.compute) * slowdown(memoryMb);
}

/** vCPUs: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html; measured to be linear within 0.5 % (pwrdrvr, 2025-03). */
const shareOf = (memoryMb: number) => memoryMb / MB_PER_VCPU;

/** How much longer one of a worker's threads takes than a core would. */
const slowdown = (memoryMb: number) => Math.max(1, threadsFor(memoryMb) / shareOf(memoryMb));

const startSeconds = (memoryMb: number) =>
  INIT_MS / 1000 + FIRST_EVENT_SECONDS / Math.min(1, shareOf(memoryMb));

const waitedSeconds = (requests: Requests) => waitedMs(requests) / 1000;
