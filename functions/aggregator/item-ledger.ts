import type { Layout } from "../../shared/array/layout.ts";
import type { FailedItem } from "../../shared/record/summary.ts";

/** How many failed items a summary lists. */
const LISTED_FAILURES = 100;

/** What was reported of the shards of a job that maps items: how many gave a value, and how many failed. */
export class ItemLedger {
  readonly given: Uint32Array;
  readonly failed: Uint32Array;
  /** The first failed ones, in order, once the results are joined. */
  readonly failures: FailedItem[] = [];

  constructor({ total }: Layout) {
    this.given = new Uint32Array(total);
    this.failed = new Uint32Array(total);
  }

  count(shard: number, given: number, failed: number): void {
    this.given[shard] = given;
    this.failed[shard] = failed;
  }

  /** Whether one more failed item is listed. */
  get isOpen(): boolean {
    return this.failures.length < LISTED_FAILURES;
  }
}
