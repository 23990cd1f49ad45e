/** A job of chunks that compute nothing, through the embedded cloud, in this process and those that it starts. */
import { mountsOf } from "../../cli/engines/engine.ts";
import { countOf, listSegments } from "../../shared/segments.ts";
import { FileStore } from "../../shared/stores/file-store.ts";
import { idleBundles, noopRequest } from "../measuring/idle-bundles.ts";
import { JOB_ID, type LocalJob, runLocalJob } from "../measuring/local-job.ts";
import { usedHere } from "../measuring/processes.ts";
import { inMemory, inTemporaryFolder } from "../measuring/temporary.ts";

const SIDE = 2;

export interface WholeJob extends Omit<LocalJob, "summary"> {
  readonly chunks: number;
  readonly state: string;
  /** Chunks that the summary counts, chunk objects, and reports: each is `chunks` where all went well. */
  readonly done: number;
  readonly stored: number;
  readonly reported: number;
  /** Each element is 1, so both are the same. */
  readonly elements: number;
  readonly sum: number;
}

/** `down` x `across` chunks of 2 x 2 elements. `used.client` is this process from its start. */
export function runWholeJob(
  down: number,
  across: number,
  chunksPerMessage: number | "auto",
): Promise<WholeJob> {
  return inTemporaryFolder(async (folder) => {
    const request = noopRequest([down, across], SIDE, chunksPerMessage);
    const { summary, used, ...job } = await runLocalJob(folder, request, { bundles: idleBundles });
    const store = new FileStore(mountsOf(JOB_ID, folder));
    const { state, chunks, elements, sum } = summary;
    return {
      ...job,
      ...{ chunks: down * across, state, elements, sum, done: chunks.done },
      stored: await countKeys(store.list(`jobs/${JOB_ID}/array/escape_time/c/`)),
      reported: countOf((await listSegments(store, JOB_ID, down * across)).reports, 0),
      used: { ...used, client: usedHere() },
    };
  }, inMemory());
}

async function countKeys(keys: AsyncIterable<string>): Promise<number> {
  let count = 0;
  for await (const _ of keys) count++;
  return count;
}
