import { sampleTile } from "../../shared/array/overview.ts";
import { declarationOf } from "../../shared/plan/declaration-of.ts";
import { isRefusedRead } from "../../shared/ports/aws/refused-read.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { putJson, type StoreReader } from "../../shared/ports/store.ts";
import { npyKeys } from "../../shared/record/array-keys.ts";
import { readCancelReason } from "../../shared/record/control.ts";
import type { Cost } from "../../shared/record/cost.ts";
import type { StoredJob } from "../../shared/record/job.ts";
import { viewOfJob } from "../../shared/record/job-view.ts";
import { lookAtChunk } from "../../shared/record/stored-chunk.ts";
import type { Summary } from "../../shared/record/summary.ts";
import { CorruptChunkError } from "../../shared/validation/errors.ts";
import type { Ledger } from "./ledger.ts";
import { limitTold } from "./limit-told.ts";
import { npyParts } from "./npy.ts";
import { drawPictures, type Look } from "./pictures.ts";
import type { AggregatePorts } from "./ports.ts";
import { reportedCost } from "./reported-cost.ts";
import { joinedResults } from "./results.ts";
import { failedByItself, unreadableReason } from "./settle.ts";
import { summarize } from "./summarize.ts";

/** A job that just ended, and what its pictures took to draw and store (ms). */
export interface Finished {
  readonly summary: Summary;
  readonly plotsMs: number;
}

type FinishPorts = Pick<AggregatePorts, "store" | "clock" | "builtIns" | "billing">;

/**
 * Exports the array if asked to, joins the results of items, draws the pictures, and writes the summary last: where it lies, all the rest
 * does. Everything comes from the store, so finishing again writes the same bytes. Where chunks turn out to be corrupt on the
 * way, there is no summary yet: unless the job is cancelled, they are to be computed again first. What it cost before stays in the
 * summary where this machine is not billed.
 */
export async function finish(
  job: StoredJob,
  ledger: Ledger,
  ports: FinishPorts,
  earlierCost?: Cost,
): Promise<Finished | { readonly corrupt: readonly number[] }> {
  const { store, clock } = ports;
  const keys = jobKeys(job.jobId);
  const lacked = new Set(ledger.uncovered());
  if (job.output.npy) {
    for (const [value, key] of npyKeys(job).entries()) {
      const onUnreadable = (chunk: number, error: unknown) => strike(ledger, chunk, error, clock.epochMs());
      await store.putStream(key, npyParts(store, job, { value, onUnreadable }));
    }
  }
  if (ledger.items) {
    const onUnreadable = (shard: number, error: unknown) => strike(ledger, shard, error, clock.epochMs());
    await store.putStream(keys.joined, joinedResults(store, job, ledger, ledger.items, onUnreadable));
  }
  const started = clock.monotonicMs();
  if (job.output.plots) await sampleTiles(job, ledger, ports);
  const corrupt = [...ledger.uncovered()].filter((chunk) => !lacked.has(chunk));
  if (corrupt.length > 0 && !ledger.history.isCancelled) return { corrupt };
  const result = summarize(job, ledger);
  const cancelledFor = result.state === "cancelled" ? await readCancelReason(store, result) : undefined;
  const { taken, told } = await limitTold(job, { ...result, cancelledFor }, store);
  const cost = ports.billing ? reportedCost(job, ledger, ports.billing, taken) : earlierCost;
  const summary = { ...result, ...(cancelledFor && { cancelledFor }), ...told, ...(cost && { cost }) };
  if (job.output.plots) await draw(job, ledger, summary, ports);
  const plotsMs = clock.monotonicMs() - started;
  await putJson(store, keys.summary, summary);
  return { summary, plotsMs };
}

/** Draws the job's pictures from what was reported of it; `sampleTiles` comes first. Returns their files' names. */
export async function draw(
  job: StoredJob,
  ledger: Ledger,
  summary: Summary,
  { store, builtIns }: Pick<FinishPorts, "store" | "builtIns">,
  look?: Look,
): Promise<string[]> {
  const names: string[] = [];
  const declaration = declarationOf(job, builtIns);
  for (const [name, extension, file] of drawPictures(job, declaration, summary, ledger, look)) {
    await store.put(jobKeys(job.jobId).picture(name, extension), file);
    names.push(`${name}.${extension}`);
  }
  return names;
}

/** Reads the overview cells of chunks whose tile was too large for their report. */
export async function sampleTiles(
  job: StoredJob,
  ledger: Ledger,
  { store, clock }: { readonly store: StoreReader; readonly clock: FinishPorts["clock"] },
): Promise<void> {
  const view = viewOfJob(job);
  for (const chunk of ledger.withoutTile) {
    const looked = await lookAtChunk(store, job, chunk);
    if ("refused" in looked) strike(ledger, chunk, looked.refused, clock.epochMs());
    else if (looked.found) {
      for (const [k, value] of ledger.values.entries())
        value.paint(chunk, sampleTile(view, ledger.layout.chunk(chunk), looked.found.values[k]!));
    } else ledger.forget(chunk);
  }
}

/** A chunk that was reported and cannot be read is none: corrupt it is computed again, else it has failed. Throws what may pass. */
function strike(ledger: Ledger, chunk: number, error: unknown, atMs: number): void {
  if (!(error instanceof CorruptChunkError) && !isRefusedRead(error)) throw error;
  ledger.forget(chunk);
  if (!(error instanceof CorruptChunkError))
    ledger.addFailure(failedByItself(chunk, unreadableReason(error), atMs), ledger.round);
}
