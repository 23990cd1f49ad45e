/** What a job costs, from amounts and prices. Pure. */
import type { Stage } from "../build/bundling.ts";
import { type Architecture, BASES, type Basis, type Cost, type Usage } from "../record/cost.ts";
import type { Requests } from "../record/plan.ts";
import { type Prices, usdOfAmount } from "./prices.ts";

const MB_PER_GB = 1024;
/** Logs are billed by this one: https://aws.amazon.com/cloudwatch/pricing/ */
const BYTES_PER_GB = 1e9;

/** Lambda's START, END and REPORT of an invocation. */
export const PLATFORM_LOG_BYTES = 330;
/** What a worker says of a message, and of each of its chunks. */
const MESSAGE_LOG_BYTES = 210;
const CHUNK_LOG_BYTES = 8;

/** https://aws.amazon.com/lambda/pricing/: durations are rounded up to the ms, and initialisation counts (since 2025-08-01). */
export function billedMs(durationMs: number, initMs = 0): number {
  return Math.ceil(durationMs + initMs);
}

export function gbSecondsOf(ms: number, memoryMb: number): number {
  return (memoryMb / MB_PER_GB) * (ms / 1000);
}

/** About what a stage writes into its logs. */
export function logBytesOf(of: {
  readonly invocations: number;
  readonly messages: number;
  readonly chunks: number;
}): number {
  return PLATFORM_LOG_BYTES * of.invocations + MESSAGE_LOG_BYTES * of.messages + CHUNK_LOG_BYTES * of.chunks;
}

/** What is billed for these requests. `largeUnits` are the SQS units beyond one a request, which large messages take. */
export function billedRequests(
  { invocations, send, receive, delete: deleted, depth, put, get, list }: Requests,
  largeUnits = 0,
): Usage["requests"] {
  return { lambda: invocations, sqs: send + receive + deleted + depth + largeUnits, put: put + list, get };
}

/**
 * USD by list price, without the account's free amounts.
 * @example
 * usdOf({ gbSeconds: 1, requests: { lambda: 1, sqs: 3, put: 1, get: 1 }, logBytes: 500 }, "arm64", pricesOf("us-east-1"));
 */
export function usdOf(usage: Usage, architecture: Architecture, { figures }: Prices): number {
  const { gbSeconds, requests, logBytes } = usage;
  const [gbSecond, request] =
    architecture === "arm64"
      ? [figures.lambdaGbSecondArm, figures.lambdaRequestArm]
      : [figures.lambdaGbSecondX86, figures.lambdaRequestX86];
  return (
    usdOfAmount(gbSeconds, gbSecond) +
    usdOfAmount(requests.lambda, request) +
    usdOfAmount(requests.sqs, figures.sqsRequest) +
    usdOfAmount(requests.put, figures.s3Put) +
    usdOfAmount(requests.get, figures.s3Get) +
    usdOfAmount(logBytes / BYTES_PER_GB, figures.logsGb)
  );
}

/** What a job is priced as. */
export interface Tariff {
  readonly architecture: Architecture;
  /** A worker's. */
  readonly memoryMb: number;
  readonly prices: Prices;
}

export type StageUsages = Readonly<Record<Stage, Usage & { readonly basis: Basis }>>;

/** The job's cost by what each stage used; the whole has the basis of its workers. */
export function costOf(stages: StageUsages, { architecture, memoryMb, prices }: Tariff): Cost {
  const priced = (stage: Stage) => {
    const { basis, ...usage } = stages[stage];
    return { usd: usdOf(usage, architecture, prices), basis, ...usage };
  };
  const byStage = {
    splitter: priced("splitter"),
    worker: priced("worker"),
    aggregator: priced("aggregator"),
  };
  const usage = sumOf(Object.values(byStage));
  return {
    usd: usdOf(usage, architecture, prices),
    basis: byStage.worker.basis,
    ...usage,
    byStage,
    ...{ region: prices.region, architecture, memoryMb, pricesDate: prices.date },
  };
}

/** All of it together. */
export function sumOf(usages: Iterable<Usage>): Usage {
  const sum = { gbSeconds: 0, logBytes: 0, requests: { lambda: 0, sqs: 0, put: 0, get: 0 } };
  for (const { gbSeconds, logBytes, requests } of usages) {
    sum.gbSeconds += gbSeconds;
    sum.logBytes += logBytes;
    for (const kind of ["lambda", "sqs", "put", "get"] as const) sum.requests[kind] += requests[kind];
  }
  return sum;
}

/** The basis of the sum of two amounts. */
export function weaker(one: Basis, other: Basis): Basis {
  return BASES[Math.max(BASES.indexOf(one), BASES.indexOf(other))]!;
}
