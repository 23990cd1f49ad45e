/**
 * How the queue's mapping grows while messages wait: five at once, and 300 a minute more.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const MAPPING_RAMP = { first: 5, perSecond: 5 } as const;

/** The most invocations that the mapping runs at once, by the time since the first message. */
export function mappingConcurrencyAt(elapsedSeconds: number): number {
  return MAPPING_RAMP.first + Math.floor(MAPPING_RAMP.perSecond * Math.max(elapsedSeconds, 0));
}
