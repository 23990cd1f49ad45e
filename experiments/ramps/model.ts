/** When each worker of a fleet begins, by the way in which fleets are started on AWS. Pure, in seconds from the first message. */

import { MAPPING_RAMP } from "../../shared/plan/mapping-ramp.ts";
import { drainersFor, type JobSize } from "../../shared/plan/ramp.ts";
import { type Outcome, type Ramp, simulate } from "../balance/model.ts";

/** What AWS documents, and what is assumed where it documents nothing. */
export const ASSUMED = {
  /** `MaximumConcurrency` of a mapping: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
  mappingMost: 1000,
  /** Environments that Lambda starts for one function at once, and a second: https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html */
  environmentsAtOnce: 1000,
  environmentsPerSecond: 100,
  /** Provisioned pollers: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
  workersPerPoller: 10,
  provisionedPerSecond: 1000 / 60,
  /** 16 batches of ten under way, each answered after an assumed 50 ms: the middle of what docs/experiments/load.md computes with. */
  messagesSentPerSecond: 3200,
  /** Assumed: 32 invocations under way, some 60 ms each. */
  invokesPerSecond: 500,
  /** Assumed: from Lambda's 202 until it starts the worker. */
  asyncDelaySeconds: 0.1,
  /** Assumed: a new environment, until its first message. A mapping's workers take as long. */
  coldStartSeconds: 0.5,
  /** Assumed: receiving, storing, reporting and deleting, per message. */
  messageSeconds: 0.05,
} as const;

/** The splitter's share of a fleet, as infra/settings.ts has it by default. */
const BURST_SHARE = 4 / 5;

export interface Start {
  readonly workers: number;
  /** Which the splitter sends before it starts anybody. */
  readonly messages: number;
  /** The whole job's, on one worker. */
  readonly workSeconds: number;
}

export type Way = (start: Start) => Ramp;

/** Everybody is there at once, without a cold start: what cannot be had. */
export const atOnce: Way = () => () => 0;

/** The queue's mapping alone. */
export const mapping: Way = ({ workers }) => mappingOf(Math.min(workers, ASSUMED.mappingMost));

/** Workers started by the splitter, and the mapping with the rest of the fleet. */
export const burst: Way = ({ workers, messages, workSeconds }) => {
  const most = Math.floor(workers * BURST_SHARE);
  const size = { messages, workSeconds, heaviestSeconds: workSeconds / messages };
  const drainers = drainersFor("auto", size, { burst: most, mapping: workers - most });
  const sentAt = messages / ASSUMED.messagesSentPerSecond;
  const ready = Float64Array.from({ length: workers }, (_, worker) => {
    if (worker >= drainers) return mappingOf(ASSUMED.mappingMost)(worker - drainers);
    const invokedAt = sentAt + worker / ASSUMED.invokesPerSecond + ASSUMED.asyncDelaySeconds;
    return Math.max(invokedAt, environmentAt(worker)) + ASSUMED.coldStartSeconds;
  }).sort();
  return (worker) => ready[worker] ?? Number.POSITIVE_INFINITY;
};

/** Pollers for a tenth of the fleet, at least two, are ready; more come as there is work. */
export const provisioned: Way = ({ workers }) => {
  const pollers = Math.min(Math.max(2, Math.ceil(workers / 10 / ASSUMED.workersPerPoller)), 200);
  const atStart = pollers * ASSUMED.workersPerPoller;
  return (worker) => {
    if (worker >= workers) return Number.POSITIVE_INFINITY;
    const polledAt = Math.max(0, (worker + 1 - atStart) / ASSUMED.provisionedPerSecond);
    return Math.max(polledAt, environmentAt(worker)) + ASSUMED.coldStartSeconds;
  };
};

/** Five at once, then five a second. */
function mappingOf(most: number): Ramp {
  const { first, perSecond } = MAPPING_RAMP;
  return (worker) =>
    worker < most
      ? Math.max(0, (worker + 1 - first) / perSecond) + ASSUMED.coldStartSeconds
      : Number.POSITIVE_INFINITY;
}

/** When Lambda starts that environment of a function at the earliest, if all are wanted at once. */
function environmentAt(worker: number): number {
  return Math.max(0, (worker + 1 - ASSUMED.environmentsAtOnce) / ASSUMED.environmentsPerSecond);
}

/** A job cut into equal messages, as the splitter cuts it. */
export interface Job {
  readonly messages: number;
  readonly messageSeconds: number;
}

/** The bounds of shared/plan/pack.ts: 4,000 messages, each of 0.1 to 10 s. */
export function jobOf(workSeconds: number): Job {
  const messageSeconds = Math.min(Math.max(workSeconds / 4000, 0.1), 10);
  const messages = Math.ceil(workSeconds / messageSeconds);
  return { messages, messageSeconds: workSeconds / messages };
}

/** As a splitter sizes it. */
export function sizeOf({ messages, messageSeconds }: Job): JobSize {
  return { messages, workSeconds: messages * messageSeconds, heaviestSeconds: messageSeconds };
}

export function runJob({ messages, messageSeconds }: Job, workers: number, way: Way): Outcome {
  const each = Array.from({ length: messages }, () => [0]);
  const ramp = way({ workers, messages, workSeconds: messages * messageSeconds });
  return simulate([messageSeconds], each, { workers, ramp, messageSeconds: ASSUMED.messageSeconds });
}

/** When each worker begins, the first one first. */
function begins(start: Start, way: Way): Float64Array {
  const ramp = way(start);
  return Float64Array.from({ length: start.workers }, (_, worker) => ramp(worker)).sort();
}

/** How many of the workers have begun by each time. */
export function widthsAt(times: readonly number[], start: Start, way: Way): number[] {
  const ready = begins(start, way);
  let begun = 0;
  return times.map((time) => {
    while (begun < ready.length && ready[begun]! <= time) begun++;
    return begun;
  });
}

/** When so large a share of the workers has begun; Infinity if it never does. */
export function fullAt(share: number, start: Start, way: Way): number {
  return begins(start, way)[Math.ceil(share * start.workers) - 1] ?? 0;
}
