/** How often the aggregator looks in the store whether a job is over. */
import { KEYS_A_LIST } from "../ports/request-limits.ts";

/** Keys that one request lists: up to there a look is cheap, and each batch is followed by one. */
export const CHEAP_KEYS = KEYS_A_LIST;
/** Other environments report as well: what one adds counts this many times. Lambda runs two of them, see infra/fan-out.ts. */
export const OTHERS = 8;

/**
 * After which of the job's `batches`, counted from 1, one aggregator looks, where each reports as many chunks as the
 * others: after all as long as looks are cheap, then each time an eighth of what is missing may have come. Looks for
 * the time's sake, at most one in 5 s, are not among them.
 */
export function* lookedAfter(batches: number): Generator<number> {
  for (let batch = 1; batch <= batches; batch++) {
    yield batch;
    if (batch >= CHEAP_KEYS) batch += Math.max(0, Math.ceil((batches - batch) / OTHERS) - 1);
  }
}
