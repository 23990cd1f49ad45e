import { FALLBACK_REGION, pricesOf, usdOfAmount } from "../shared/plan/prices.ts";

/** Other regions differ by a tenth or two. The account's first million requests a month is free. */
const { sqsRequest } = pricesOf(FALLBACK_REGION).figures;
/**
 * USD a month, https://aws.amazon.com/cloudwatch/pricing/; the account's first ten alarms and three dashboards are free. No job
 * causes them, so they are not among the prices that are read from AWS's offer files.
 */
const USD_A_MONTH = { alarm: 0.1, dashboard: 3 } as const;

/** 730 hours, AWS's month. */
const MONTH_SECONDS = 730 * 3600;
/** FromChunks, FromResults and FromChunkDeadLetters. */
const MAPPINGS = 3;
/** FromChunks and FromPythonChunkDeadLetters. */
const PYTHON_MAPPINGS = 2;
/**
 * Lambda polls an idle queue with five connections, each of which waits 20 s for a message: 15 empty receives a minute,
 * as measured in https://github.com/getlift/lift/issues/132. AWS does not say whether a maximum concurrency below five
 * makes it fewer, so this is the upper bound.
 */
const CONNECTIONS = 5;
const POLL_SECONDS = 20;

/** Requests to SQS that the mappings make in a month without any job: 1,971,000 for three mappings. */
export const idleRequests = (mappings = MAPPINGS) => (mappings * CONNECTIONS * MONTH_SECONDS) / POLL_SECONDS;

/**
 * One sentence for a person: the stack's cost in a month without any job, except storage in the bucket and the logs.
 * `alarms` is their number, `pollers` that of the pollers kept ready. AWS does not say how often those poll, so with
 * them the sentence gives no upper bound for polling.
 */
export function describeIdleCost(
  monitoring: { readonly alarms: number } | undefined,
  {
    pollers = 0,
    hasPython = false,
  }: { readonly pollers?: number | undefined; readonly hasPython?: boolean } = {},
): string {
  const mappings = MAPPINGS + (hasPython ? PYTHON_MAPPINGS : 0);
  const polling =
    pollers > 0
      ? describeProvisioned(pollers, mappings)
      : `Storage, and Lambda's polls of the empty queues: ${atMost(mappings)}`;
  if (!monitoring) return `${polling}.`;
  const watching = monitoring.alarms * USD_A_MONTH.alarm + USD_A_MONTH.dashboard;
  return `${polling}; alarms and dashboard: ${usd(watching)}, or nothing among the account's free 10 and 3.`;
}

/** FromChunks has pollers of its own; the other mappings poll as usual. */
function describeProvisioned(pollers: number, mappings: number): string {
  const others = `Storage, and Lambda's polls of the other empty queues: ${atMost(mappings - 1)}`;
  return `${others}; ${pollers} pollers of the chunk queue are kept ready, billed by the hour (https://aws.amazon.com/lambda/pricing/) and for their polls`;
}

function atMost(mappings: number): string {
  const polls = usdOfAmount(idleRequests(mappings), sqsRequest);
  return `at most ${usd(polls)} a month in ${FALLBACK_REGION}`;
}

const usd = (amount: number) => `${amount.toFixed(2)} USD`;
