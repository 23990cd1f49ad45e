/** Prices in USD of us-east-1; other regions differ by a tenth or two. */
const PRICES = {
  /** Of a million requests to a standard queue, https://aws.amazon.com/sqs/pricing/; the account's first million a month is free. */
  millionSqsRequests: 0.4,
  /** Both a month, https://aws.amazon.com/cloudwatch/pricing/; the account's first ten alarms and three dashboards are free. */
  alarm: 0.1,
  dashboard: 3,
} as const;

/** 730 hours, AWS's month. */
const MONTH_SECONDS = 730 * 3600;
/** FromChunks, FromResults and FromChunkDeadLetters. */
const MAPPINGS = 3;
/** Those that poll as any mapping does where FromChunks has pollers of its own. */
const MAPPINGS_BESIDE_POLLERS = 2;
/**
 * Lambda polls an idle queue with five connections, each of which waits 20 s for a message: 15 empty receives a minute, as
 * https://github.com/getlift/lift/issues/132 measured. Whether a maximum concurrency below five makes it fewer AWS does
 * not say: this is the most.
 */
const CONNECTIONS = 5;
const POLL_SECONDS = 20;

/** Of so many mappings to SQS in a month without any job: 1,971,000 of three. */
export const idleRequests = (mappings = MAPPINGS) => (mappings * CONNECTIONS * MONTH_SECONDS) / POLL_SECONDS;

/**
 * What the stack costs in a month without any job, beside what lies in the bucket and the logs, as one sentence for a
 * person. `alarms` is their number, `pollers` that of the pollers kept ready: how often they poll AWS does not say, so
 * that nothing is said of what all polls cost at the most.
 */
export function describeIdleCost(monitoring: { readonly alarms: number } | undefined, pollers = 0): string {
  const polling =
    pollers > 0
      ? describeProvisioned(pollers)
      : `Storage, and Lambda's polls of the empty queues: ${atMost(MAPPINGS)}`;
  if (!monitoring) return `${polling}.`;
  const watching = monitoring.alarms * PRICES.alarm + PRICES.dashboard;
  return `${polling}; alarms and dashboard: ${usd(watching)}, or nothing among the account's free 10 and 3.`;
}

function describeProvisioned(pollers: number): string {
  const others = `Storage, and Lambda's polls of the other empty queues: ${atMost(MAPPINGS_BESIDE_POLLERS)}`;
  return `${others}; ${pollers} pollers of the chunk queue are kept ready, billed by the hour (https://aws.amazon.com/lambda/pricing/) and for their polls`;
}

function atMost(mappings: number): string {
  const polls = (idleRequests(mappings) / 1e6) * PRICES.millionSqsRequests;
  return `at most ${usd(polls)} a month in us-east-1`;
}

const usd = (amount: number) => `${amount.toFixed(2)} USD`;
