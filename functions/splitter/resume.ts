/**
 * Continues a job that was interrupted, cancelled or left incomplete: from its store alone, whatever became of its
 * messages.
 */

import { isDeepStrictEqual } from "node:util";
import { layoutOf } from "../../shared/array/layout.ts";
import { cellBytes } from "../../shared/array/spec.ts";
import type { Kernels, LoadedKernel } from "../../shared/kernels/loader.ts";
import type { Uploaded } from "../../shared/kernels/uploads.ts";
import { MAX_ROUND } from "../../shared/messages/chunk-message.ts";
import { checkMessage } from "../../shared/messages/chunk-report.ts";
import type { Resumption } from "../../shared/messages/resumption.ts";
import { loadKernel } from "../../shared/plan/check-spec.ts";
import { expectSameKernel } from "../../shared/plan/made-by.ts";
import { planRound } from "../../shared/plan/plan.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import { getParsed, type StoreReader } from "../../shared/ports/store.ts";
import { type Control, readControl, readNextRound, writeMissing } from "../../shared/record/control.ts";
import { type StoredJob, StoredJobSchema } from "../../shared/record/job.ts";
import { writeLimit } from "../../shared/record/limit.ts";
import { readRounds, sinceWhen } from "../../shared/record/rounds.ts";
import { listSegments, readSegments } from "../../shared/record/segments.ts";
import { listChunks, lookAtChunk, type StoredChunk } from "../../shared/record/stored-chunk.ts";
import type { Submission } from "../../shared/record/submission.ts";
import { mendGroup } from "../../shared/record/zarr-group.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { limitLaterRound } from "./limit-round.ts";
import { portsFor, type RoundPorts, submitRound, workforceOf } from "./submit-round.ts";

/** Chunks that are read at a time: many small ones, but no more bytes than the splitter's memory holds easily. */
const MOST_AT_ONCE = 32;
const MOST_BYTES = 128 * 2 ** 20;
/** For sending messages: a million take up to ten minutes, see docs/experiments/load.md. */
const RESERVED_MS = 11 * 60_000;

/**
 * Begins a new round with every chunk that is not stored, or corrupt, or of which no report arrived; where there is none,
 * only has the aggregator look at the job. Throws InvalidInputError where there is no such job, or
 * another manyhands began it.
 */
export async function resume(
  { jobId, force, round: foreseen = 0, hash, uploaded, maxUsd }: Resumption,
  given: RoundPorts,
): Promise<Submission> {
  const { store, clock } = given;
  const job = await getParsed(store, jobKeys(jobId).job, StoredJobSchema);
  if (!job) throw new InvalidInputError("jobId", "that of a job in the store", show(jobId));
  const kernel = await kernelToGoOn(job, { hash, uploaded }, given.kernels);
  if (!force) expectSameKernel(job, kernel);
  expectSameLanguage(job, kernel);
  const ports = portsFor(kernel, given);
  const submittedAtMs = clock.epochMs();
  const control = await readControl(store, jobId);
  // Before the long look for missing chunks: a cancellation meanwhile then cancels this round.
  const isStillFree = foreseen > control.round;
  const round = isStillFree ? foreseen : await readNextRound(store, jobId, control);
  if (round > MAX_ROUND)
    throw new InvalidInputError(
      "job",
      `one that was resumed less than ${MAX_ROUND} times`,
      show(jobId),
      "What lies in its control/, or summary.json, names the last round that there is.",
    );
  // A splitter that stopped before it had written all first objects of the job left no metadata.
  await mendGroup(store, job, job.declaration ?? kernel.declaration);
  const missing = await missingChunks(job, control, ports);
  if (missing.length === 0) {
    await ports.results.send([
      checkMessage({ jobId, round: control.round, turn: 0, ofJobMs: job.submittedAtMs }),
    ]);
    const nothing = { chunks: 0, messages: 0, drainers: 0, longestMs: 0 };
    return { version: 1, jobId, submittedAtMs, ramp: "mapping", round: control.round, ...nothing };
  }
  const forced = kernel.hash === job.spec.hash ? undefined : kernel.hash;
  const toTell = unsaid(kernel.upload && (uploaded ?? job.uploaded), job);
  const set = { atMs: submittedAtMs, chunks: missing, kernel: forced, uploaded: toTell };
  const ofRound = { round, again: true, missing, uploaded: toTell };
  const planned = planRound(job, kernel, workforceOf(ports), ofRound);
  const { plan, limit } = await limitLaterRound(planned, job, { ...ofRound, maxUsd }, ports);
  if (limit) await writeLimit(store, jobId, limit);
  // From here on messages of the rounds before count no more, cancelled or not.
  await writeMissing(store, jobId, round, set);
  return submitRound(job, { round, plan, submittedAtMs }, ports);
}

/** The kernel that is asked for; else the one that began the job, where it was uploaded; else the stage's own of that name. */
async function kernelToGoOn(
  { spec: { kernel: name, hash: begun }, declaration, uploaded: before }: StoredJob,
  { hash, uploaded = hash === begun ? before : undefined }: Pick<Resumption, "hash" | "uploaded">,
  kernels: Kernels,
): Promise<LoadedKernel> {
  if (hash !== undefined) {
    const known = hash === begun ? declaration : undefined;
    return loadKernel({ name, hash, uploaded, declaration: known }, kernels);
  }
  const same = before && (await kernels.get({ name, hash: begun, uploaded: before, declaration }));
  return same ?? loadKernel({ name }, kernels);
}

/** Messages that are issued again go to the workers that the job began with. */
function expectSameLanguage({ jobId, declaration }: StoredJob, kernel: LoadedKernel): void {
  const [before, now] = [declaration, kernel.declaration].map((each) => each?.language ?? "node");
  if (before === now) return;
  const expected = `one of a kernel for ${now}, as ${kernel.name} is here`;
  throw new InvalidInputError("job", expected, `${show(jobId)}, begun by one for ${before}`);
}

/** What messages must say of an upload, since job.json says nothing, or something else. */
export function unsaid(uploaded: Uploaded | undefined, job: StoredJob): Uploaded | undefined {
  return isDeepStrictEqual(uploaded, job.uploaded) ? undefined : uploaded;
}

/** In rising order. */
async function missingChunks(
  job: StoredJob,
  control: Control,
  { store, remainingMs = () => Number.POSITIVE_INFINITY }: RoundPorts,
): Promise<number[]> {
  const { total } = layoutOf(job.spec);
  const reported = await reportedChunks(job.jobId, total, control, store);
  const isStored = await listChunks(store, job);
  const missing: number[] = [];
  const unread: number[] = [];
  for (let chunk = 0; chunk < total; chunk++) {
    (isStored[chunk] && reported[chunk] ? unread : missing).push(chunk);
  }
  const chunkBytes = job.spec.chunkShape.reduce((n, side) => n * side, cellBytes(job.spec));
  const lanes = Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(MOST_BYTES / chunkBytes)));
  await inLanes(unread, lanes, async (chunk) => {
    // Chunks that the splitter has no time to read go to the workers, which check for a stored chunk before they
    // compute one. A chunk that the store refuses goes to a worker, too: it reports the reason as a failed attempt.
    const looked = remainingMs() < RESERVED_MS ? undefined : await lookAtChunk(store, job, chunk);
    if (!looked || "refused" in looked || !looked.found || hasFailedItems(looked.found)) missing.push(chunk);
  });
  return missing.sort((a, b) => a - b);
}

/** They are tried again: what failed by the network, or by the task as it was, may give a value now. */
const hasFailedItems = ({ tally }: StoredChunk) => tally !== undefined && tally.failed > 0;

/** Which chunks' reports arrived, as the aggregator sees it. A worker that finds such a chunk stored only reports it. */
async function reportedChunks(
  jobId: string,
  total: number,
  control: Control,
  store: StoreReader,
): Promise<Uint8Array> {
  const since = sinceWhen(await readRounds(store, control), total);
  const reported = new Uint8Array(total);
  const { reports } = await listSegments(store, jobId, total);
  await readSegments(
    store,
    jobId,
    { reports, failures: [] },
    {
      report: ({ round, chunks }) => {
        for (const { chunk } of chunks) if (chunk < total && round >= since[chunk]!) reported[chunk] = 1;
      },
      failure: () => {},
    },
  );
  return reported;
}
