/**
 * What was decided about a job after it was submitted, in small objects whose keys say the most of it: one listing tells how
 * the job stands. A job's first round is 0; each time it is resumed another one begins, which brings what is missing then.
 */
import * as v from "valibot";
import { MAX_CHUNKS } from "../array/job-limits.ts";
import { atMost } from "../ports/bounded.ts";
import { jobKeys } from "../ports/keys.ts";
import { getParsed, putJson, type Store, type StoreReader } from "../ports/store.ts";
import { milliseconds } from "../validation/numbers.ts";
import { versioned } from "../validation/versioned.ts";
import { type Submission, SubmissionSchema } from "./submission.ts";
import { readSummary } from "./summary.ts";

type ControlStore = StoreReader & Pick<Store, "put">;

export interface Control {
  readonly round: number;
  /** Above all rounds that were begun or cancelled. */
  readonly freeRound: number;
  /** How many chunks this round is to bring; undefined in round 0, which brings all. */
  readonly missing: number | undefined;
  readonly isCancelled: boolean;
  /** How often chunks were issued again in this round. */
  readonly reissues: number;
  /** The objects that say which chunks earlier rounds and this one were to bring, the first one first. */
  readonly missingKeys: readonly { readonly round: number; readonly key: string }[];
  readonly reissueKeys: readonly string[];
}

const ChunkSetSchema = versioned(1, {
  /** Since the epoch. */
  atMs: milliseconds,
  /** One bit for each chunk of the job, the lowest first, in base64. */
  chunks: v.string(),
});

/** Some of a job's chunks, and when somebody found that it must be these. */
export interface ChunkSet {
  readonly atMs: number;
  readonly chunks: readonly number[];
}

const keysOf = (jobId: string) => {
  const { control, submitted } = jobKeys(jobId);
  return {
    missing: (round: number, count: number) => `${control}missing-${round}-${count}.json`,
    reissue: (round: number, n: number) => `${control}reissue-${round}-${n}.json`,
    cancelled: (round: number) => `${control}cancelled-${round}.json`,
    submitted: (round: number) => (round === 0 ? submitted : `${control}submitted-${round}.json`),
  };
};

/** A round leaves half a dozen: more than a thousand rounds. */
const MOST_OBJECTS = 10_000;

/** A key below `control/`; anything else there is somebody else's. */
const OBJECT = /^(missing|reissue|cancelled|submitted)-(\d{1,6})(?:-(\d{1,7}))?\.json$/;

/** Throws ListingError. */
export async function readControl(store: Pick<StoreReader, "list">, jobId: string): Promise<Control> {
  const prefix = jobKeys(jobId).control;
  const found: { kind: string; round: number; n: number; key: string }[] = [];
  for await (const key of atMost(MOST_OBJECTS, prefix, store.list(prefix))) {
    const [, kind, round, n] = OBJECT.exec(key.slice(prefix.length)) ?? [];
    if (kind !== undefined) found.push({ kind, round: Number(round), n: Number(n ?? 0), key });
  }
  const missing = found.filter(({ kind }) => kind === "missing");
  const round = missing.reduce((latest, other) => Math.max(latest, other.round), 0);
  const ofRound = (kind: string) => found.filter((other) => other.kind === kind && other.round === round);
  return {
    round,
    freeRound: found.reduce((latest, other) => Math.max(latest, other.round), 0) + 1,
    // Two that resumed at the same time looked at different moments: who saw less stored counts.
    missing: round === 0 ? undefined : Math.max(...ofRound("missing").map(({ n }) => n)),
    isCancelled: ofRound("cancelled").length > 0,
    reissues: ofRound("reissue").length,
    missingKeys: missing.sort((a, b) => a.round - b.round || a.n - b.n),
    reissueKeys: found.filter(({ kind }) => kind === "reissue").map(({ key }) => key),
  };
}

/**
 * Whether what is queued of this round is to be computed no more: one GET, of an object that is hardly ever there. Its key
 * says all, whatever version wrote it.
 */
export async function isCancelled(
  store: Pick<StoreReader, "get">,
  { jobId, round }: { readonly jobId: string; readonly round: number },
): Promise<boolean> {
  return (await store.get(keysOf(jobId).cancelled(round))) !== undefined;
}

/**
 * What a resumption of the job that begins now calls its round, and whoever cancels the job before it says so can name it:
 * neither can see the other. A folder that was fetched in part may have the summary of a round and nothing else of it.
 */
export async function readNextRound(
  store: Pick<StoreReader, "get">,
  jobId: string,
  { freeRound }: Control,
): Promise<number> {
  const summary = await readSummary(store, jobId);
  return Math.max(freeRound, (summary?.round ?? 0) + 1);
}

/**
 * Cancels the job's round, and the one that somebody may be about to resume it with. Where nobody is, the next resumption
 * passes that one over.
 */
export async function cancelJob(store: ControlStore, jobId: string, atMs: number): Promise<void> {
  const control = await readControl(store, jobId);
  const next = await readNextRound(store, jobId, control);
  // The next one first: whoever sees its own round cancelled may begin another one.
  for (const round of [next, control.round])
    await putJson(store, keysOf(jobId).cancelled(round), { version: 1, atMs });
}

/** From here on this is the job's round. */
export function writeMissing(
  store: Pick<Store, "put">,
  jobId: string,
  round: number,
  missing: ChunkSet,
): Promise<void> {
  return putJson(store, keysOf(jobId).missing(round, missing.chunks.length), encodeChunkSet(missing));
}

/** Notes chunks that are about to be issued again in this round for the `n`th time. */
export function writeReissue(
  store: Pick<Store, "put">,
  jobId: string,
  [round, n]: readonly [round: number, n: number],
  reissued: ChunkSet,
): Promise<void> {
  return putJson(store, keysOf(jobId).reissue(round, n), encodeChunkSet(reissued));
}

/** Throws InvalidInputError where it is no such object, and NewerVersionError. */
export async function readChunkSet(store: Pick<StoreReader, "get">, key: string): Promise<ChunkSet> {
  const set = await getParsed(store, key, ChunkSetSchema);
  return { atMs: set?.atMs ?? 0, chunks: decodeBits(set?.chunks ?? "") };
}

/** What the splitter answered for the round; undefined while it sends messages. */
export function readSubmission(
  store: Pick<StoreReader, "get">,
  jobId: string,
  round: number,
): Promise<Submission | undefined> {
  return getParsed(store, keysOf(jobId).submitted(round), SubmissionSchema);
}

export function writeSubmission(store: Pick<Store, "put">, submission: Submission): Promise<void> {
  return putJson(store, keysOf(submission.jobId).submitted(submission.round), submission);
}

function encodeChunkSet({ atMs, chunks }: ChunkSet): v.InferOutput<typeof ChunkSetSchema> {
  const last = chunks.reduce((most, chunk) => Math.max(most, chunk), -1);
  const bits = Buffer.alloc((last >> 3) + 1);
  for (const chunk of chunks) bits[chunk >> 3]! |= 1 << (chunk & 7);
  return { version: 1, atMs, chunks: bits.toString("base64") };
}

function decodeBits(text: string): number[] {
  const bits = Buffer.from(text, "base64");
  const chunks: number[] = [];
  const most = Math.min(bits.length * 8, MAX_CHUNKS);
  for (let chunk = 0; chunk < most; chunk++) if ((bits[chunk >> 3]! >> (chunk & 7)) & 1) chunks.push(chunk);
  return chunks;
}
