/** The effect of a job's rounds on its chunks. */

import { inLanes } from "../ports/lanes.ts";
import type { StoreReader } from "../ports/store.ts";
import { type ChunkSet, type Control, readChunkSet } from "./control.ts";

/** A resumption: the time at which it began (epoch ms), and the chunks that were missing then. */
export interface Round extends ChunkSet {
  readonly round: number;
}

const READ_AT_ONCE = 16;

/** The rounds after the first one. */
export function readRounds(store: Pick<StoreReader, "get">, { missingKeys }: Control): Promise<Round[]> {
  return inLanes(missingKeys, READ_AT_ONCE, async ({ round, key }) => ({
    round,
    ...(await readChunkSet(store, key)),
  }));
}

/**
 * For each of `total` chunks the first round whose reports and failures count. If a chunk was missing in a later round,
 * earlier reports of it no longer hold.
 */
export function sinceWhen(rounds: readonly Round[], total: number): Uint32Array {
  const since = new Uint32Array(total);
  for (const { round, chunks } of rounds)
    for (const chunk of chunks) since[chunk] = Math.max(since[chunk] ?? 0, round);
  return since;
}
