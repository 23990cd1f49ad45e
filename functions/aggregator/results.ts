/** The results of a job that maps items as one list: a line of JSON an item, in order. */
import type { StoreReader } from "../../shared/ports/store.ts";
import { chunkKeys } from "../../shared/record/array-keys.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { parted, readShard } from "../../shared/record/shards.ts";
import type { FailedItem } from "../../shared/record/summary.ts";
import { CorruptChunkError } from "../../shared/validation/errors.ts";
import type { ItemLedger } from "./item-ledger.ts";
import type { Ledger } from "./ledger.ts";
import { reasonOf } from "./summarize.ts";

const NOT_DONE = "The job was cancelled before the shard of this item was done.";

/**
 * Every item has its line: one of a shard that failed, or was not begun, says so as its error. Notes in the ledger how many gave a
 * value by what is stored, whatever was reported, and the first errors. `onUnreadable` is told of a shard that is there and cannot be read.
 */
export async function* joinedResults(
  store: StoreReader,
  job: StoredJob,
  ledger: Ledger,
  items: ItemLedger,
  onUnreadable: (shard: number, error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  const reasons = new Map(ledger.failed().map((failed) => [failed.failure.chunk, reasonOf(failed)]));
  items.failures.length = 0;
  for (const { index: shard, from, elements } of ledger.layout.chunks()) {
    const stored = ledger.isGood(shard) ? await bodyOf(shard) : undefined;
    if (stored) yield stored;
    else {
      const error = reasons.get(shard) ?? NOT_DONE;
      const lines = Array.from({ length: elements }, (_, k) =>
        JSON.stringify({ index: from[0]! + k, error }),
      );
      if (reasons.has(shard)) listFailures(items, lines);
      yield Buffer.from(`${lines.join("\n")}\n`);
    }
  }

  async function bodyOf(shard: number): Promise<Uint8Array | undefined> {
    try {
      const bytes = await readShard(store, chunkKeys(job, shard)[0]!);
      if (!bytes) throw new CorruptChunkError("nothing");
      const { body, tally } = parted(bytes);
      items.count(shard, tally.given, tally.failed);
      if (tally.failed > 0) listFailures(items, body.toString("utf8").trimEnd().split("\n"));
      return body;
    } catch (error) {
      onUnreadable(shard, error);
      return undefined;
    }
  }
}

function listFailures(items: ItemLedger, lines: readonly string[]): void {
  for (const line of lines) {
    if (!items.isOpen) return;
    if (/^\{"index":\d+,"error":/.test(line)) items.failures.push(JSON.parse(line) as FailedItem);
  }
}
