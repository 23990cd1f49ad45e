import type { LoadedKernel } from "../../shared/kernels/loaded.ts";
import type { ChunkMessage } from "../../shared/messages/chunk-message.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import type { Attempt } from "./attempt.ts";
import { mapShard, type ShardPorts } from "./shard.ts";

/** Maps the items of these shards, one shard after the other: a task may use all of the worker. Each failure is its shard's own. */
export async function mapShards(
  shards: readonly number[],
  job: StoredJob,
  kernel: () => Promise<LoadedKernel>,
  message: ChunkMessage,
  ports: ShardPorts,
  attempt: Attempt,
): Promise<void> {
  for (const shard of shards) {
    try {
      const report = await mapShard(job, shard, await kernel(), message, ports);
      if (report) attempt.complete(shard, report);
      else attempt.unfinished.push(shard);
    } catch (error) {
      attempt.fail(shard, error);
    }
  }
}
