/** Compares a job that went through faults with the same job without any. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountsOf, type ProgressListener } from "../../client/engines/engine.ts";
import { serial } from "../../client/engines/serial.ts";
import { bytesOf } from "../../shared/array/zarr-array.ts";
import { FileStore } from "../../shared/ports/file/file-store.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { getParsed, type StoreReader } from "../../shared/ports/store.ts";
import { findChunk } from "../../shared/record/stored-chunk.ts";
import { type Summary, SummarySchema } from "../../shared/record/summary.ts";
import { resolvedJob } from "../helpers/kernels.ts";
import { type Outcome, type Plan, UNREADABLE } from "./plan.ts";

const IN_SILENCE: ProgressListener = {
  running() {},
  reported() {},
  buried() {},
  counted() {},
  fetching() {},
  lost() {},
};

/** Tells each difference from what was predicted. */
export async function judge(
  plan: Plan,
  outcome: Outcome,
  store: StoreReader,
  differs: (what: string) => void,
): Promise<void> {
  const { request } = plan;
  const keys = jobKeys(request.requestId);
  const summary = await getParsed(store, keys.summary, SummarySchema);
  if (!summary) return differs("there is no summary");
  if (summary.state !== outcome.state) differs(`state ${summary.state} instead of ${outcome.state}`);
  compareFailures(summary, outcome, differs);
  for await (const key of store.list("rejected/")) differs(`a message was rejected: ${key}`);
  await withoutFaults(request, async (expected, should) => {
    await compareChunks(plan, outcome, store, expected, differs);
    if (outcome.state === "complete") {
      compareSums(summary, should, differs);
      await compareObjects(
        [keys.npy, keys.picture("heatmap"), keys.picture("surface"), keys.zarr],
        store,
        expected,
        differs,
      );
    }
  });
}

/** What of a job with a limit holds whatever strikes: it has ended in a way that is one, and each chunk that is stored has its bytes. */
export async function judgeLimited(
  { request, messages }: Plan,
  store: StoreReader,
  differs: (what: string) => void,
): Promise<Summary | undefined> {
  const summary = await getParsed(store, jobKeys(request.requestId).summary, SummarySchema);
  if (!summary) return void differs("there is no summary");
  const { state, cancelledFor, chunks } = summary;
  if ((state === "cancelled") !== (cancelledFor === "budget")) differs(`${state} for ${cancelledFor}`);
  const { maxUsd: _, ...free } = request;
  await withoutFaults(free, async (expected, should) => {
    const job = resolvedJob(free);
    let stored = 0;
    for (const chunk of messages.flat()) {
      const is = await findChunk(store, job, chunk).catch(() => undefined);
      if (!is) continue;
      stored++;
      const other = await findChunk(expected, job, chunk);
      if (Buffer.compare(bytesOf(is.values[0]!), bytesOf(other!.values[0]!)) !== 0)
        differs(`chunk ${chunk} is stored with other bytes`);
    }
    if (chunks.done > stored) differs(`${chunks.done} are said to be done, ${stored} are stored`);
    if (state === "complete") compareSums(summary, should, differs);
  });
  return summary;
}

/** Gives the same job as engine serial computes it. */
async function withoutFaults(
  request: Plan["request"],
  use: (store: StoreReader, summary: Summary) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-oracle-"));
  try {
    const { signal } = new AbortController();
    const run = { jobId: request.requestId, request, folder, workers: 1, progress: IN_SILENCE, signal };
    const { summary } = await serial(run);
    await use(new FileStore(mountsOf(run.jobId, folder)), summary);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compareFailures(
  { failures, chunks }: Summary,
  { failed }: Outcome,
  differs: (what: string) => void,
): void {
  const named = failures.map(({ chunk }) => chunk);
  const expected = [...failed.keys()].sort((a, b) => a - b);
  if (named.join() !== expected.join()) differs(`failed chunks ${named} instead of ${expected}`);
  if (chunks.failed !== failed.size || chunks.done !== chunks.total - failed.size)
    differs(`${chunks.done} done and ${chunks.failed} failed of ${chunks.total}`);
  for (const { chunk, error } of failures) {
    const reason = failed.get(chunk);
    if (reason && !reason.test(error)) differs(`chunk ${chunk} failed with ${error} instead of ${reason}`);
  }
}

/** What failed is absent, so that it reads as the fill value, or is stored and was not given out. */
async function compareChunks(
  { request, messages }: Plan,
  { failed }: Outcome,
  store: StoreReader,
  expected: StoreReader,
  differs: (what: string) => void,
): Promise<void> {
  const job = resolvedJob(request);
  for (const chunk of messages.flat()) {
    if (failed.get(chunk) === UNREADABLE) continue;
    const is = await findChunk(store, job, chunk);
    const should = failed.has(chunk) ? undefined : await findChunk(expected, job, chunk);
    const isEqual =
      is && should ? Buffer.compare(bytesOf(is.values[0]!), bytesOf(should.values[0]!)) === 0 : is === should;
    if (!isEqual) differs(`chunk ${chunk} ${is ? "is stored with other bytes" : "is not stored"}`);
  }
}

function compareSums(is: Summary, should: Summary, differs: (what: string) => void): void {
  for (const name of ["sum", "min", "max", "nonFinite", "storedBytes", "elements"] as const)
    if (is[name] !== should[name]) differs(`${name} is ${is[name]} instead of ${should[name]}`);
}

async function compareObjects(
  keys: readonly string[],
  store: StoreReader,
  expected: StoreReader,
  differs: (what: string) => void,
): Promise<void> {
  for (const key of keys) {
    const [is, should] = [await store.get(key), await expected.get(key)];
    if (Buffer.compare(is ?? Buffer.alloc(0), should ?? Buffer.alloc(0)) !== 0)
      differs(`${key} has other bytes`);
  }
}
