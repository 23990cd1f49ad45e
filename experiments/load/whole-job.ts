/** A job of chunks that compute nothing, through the embedded cloud, in this process and those that it starts. */
import { mountsOf } from "../../client/engines/engine.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { countOf, listSegments } from "../../shared/record/segments.ts";
import { idleBundles } from "../measuring/idle-bundles.ts";
import { JOB_ID, runLocalJob } from "../measuring/local-job.ts";
import { usedHere } from "../measuring/processes.ts";
import { noopRequest } from "../measuring/requests.ts";
import { inMemory, inTemporaryFolder } from "../measuring/temporary.ts";

const SIDE = 2;

export type WholeJob = Awaited<ReturnType<typeof runWholeJob>>;

/**
 * `down` x `across` chunks of 2 x 2 elements. Where all went well `done` (by the summary), `stored` (objects) and
 * `reported` are all chunks, and the sum is the number of elements. `used.client` is this process from its start.
 */
export function runWholeJob(down: number, across: number, chunksPerMessage: number | "auto") {
  return inTemporaryFolder(async (folder) => {
    const request = noopRequest([down, across], SIDE, chunksPerMessage);
    const { summary, ...job } = await runLocalJob(folder, request, { bundles: idleBundles });
    const used = { ...job.used, client: usedHere() };
    const store = new FileStore(mountsOf(JOB_ID, folder));
    const { state, chunks, elements, sum } = summary;
    let stored = 0;
    for await (const _ of store.list(`jobs/${JOB_ID}/array/escape_time/c/`)) stored++;
    const { reports } = await listSegments(store, JOB_ID, down * across);
    return {
      ...{ ...job, used, chunks: down * across, state, elements, sum },
      ...{ done: chunks.done, stored, reported: countOf(reports, 0) },
    };
  }, inMemory());
}
