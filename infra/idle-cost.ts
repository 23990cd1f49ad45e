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
/**
 * Lambda polls an idle queue with five connections, each of which waits 20 s for a message: 15 empty receives a minute, as
 * https://github.com/getlift/lift/issues/132 measured. Whether a maximum concurrency below five makes it fewer AWS does
 * not say: this is the most.
 */
const POLLERS = 5;
const POLL_SECONDS = 20;

/** Requests to SQS in a month without any job: 1,971,000. */
export const IDLE_REQUESTS = (MAPPINGS * POLLERS * MONTH_SECONDS) / POLL_SECONDS;

/**
 * What the stack costs in a month without any job, beside what lies in the bucket and the logs, as one sentence for a
 * person. `alarms` is their number, `pollers` that of the pollers kept ready, whose price is on https://aws.amazon.com/lambda/pricing/.
 */
export function describeIdleCost(monitoring: { readonly alarms: number } | undefined, pollers = 0): string {
  const polls = (IDLE_REQUESTS / 1e6) * PRICES.millionSqsRequests;
  const ready = pollers > 0 ? `; ${pollers} pollers kept ready, by the hour` : "";
  const polling = `Storage, and Lambda's polls of the empty queues: at most ${usd(polls)} a month in us-east-1${ready}`;
  if (!monitoring) return `${polling}.`;
  const watching = monitoring.alarms * PRICES.alarm + PRICES.dashboard;
  return `${polling}; alarms and dashboard: ${usd(watching)}, or nothing among the account's free 10 and 3.`;
}

const usd = (amount: number) => `${amount.toFixed(2)} USD`;
