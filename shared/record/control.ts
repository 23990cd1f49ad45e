/**
 * Decisions about a job after its submission, in small objects. Their keys carry the main facts, so one listing tells
 * the job's state. A job's first round is 0; each resumption begins another round, for the chunks that are missing
 * then.
 */
import * as v from "valibot";
import { MAX_CHUNKS } from "../array/job-limits.ts";
import { KernelHashSchema } from "../array/spec.ts";
import { type Uploaded, UploadedSchema } from "../kernels/uploads.ts";
import { atMost } from "../ports/bounded.ts";
import { jobKeys } from "../ports/keys.ts";
import { getDerived, getParsed, jsonBytes, putJson, type Store, type StoreReader } from "../ports/store.ts";
import { milliseconds } from "../validation/numbers.ts";
import { versioned } from "../validation/versioned.ts";
import { type Submission, SubmissionSchema } from "./submission.ts";
import { readSummary, type Summary } from "./summary.ts";

type ControlStore = StoreReader & Pick<Store, "put">;

export interface Control {
  readonly round: number;
  /** The lowest round above all that were begun or cancelled. */
  readonly freeRound: number;
  /** The number of chunks that this round computes; undefined in round 0, which computes all. */
  readonly missing: number | undefined;
  readonly isCancelled: boolean;
  /** How often chunks were reissued in this round. */
  readonly reissues: number;
  /** The objects with the chunks of earlier rounds and this one, the first round first. */
  readonly missingKeys: readonly { readonly round: number; readonly key: string }[];
  readonly reissueKeys: readonly string[];
}

const ChunkSetSchema = versioned(1, {
  /** Since the epoch. */
  atMs: milliseconds,
  /** One bit for each chunk of the job, the lowest first, in base64. */
  chunks: v.string(),
  /** The hash of the round's kernel, where it is not the one in the job's spec: a user forced it. */
  kernel: v.optional(KernelHashSchema),
  /** Where the round's kernel was uploaded, where job.json does not say so. */
  uploaded: v.optional(UploadedSchema),
});

/** An unknown reason is none. */
const CancelledSchema = v.object({
  reason: v.optional(v.fallback(v.optional(v.literal("budget")), undefined)),
});

/** Some of a job's chunks, and the time at which a stage chose them. */
export interface ChunkSet {
  readonly atMs: number;
  readonly chunks: readonly number[];
  readonly kernel?: string | undefined;
  readonly uploaded?: Uploaded | undefined;
}

const keysOf = (jobId: string) => {
  const { control, submitted } = jobKeys(jobId);
  return {
    missing: (round: number, count: number) => `${control}missing-${round}-${count}.json`,
    reissue: (round: number, n: number) => `${control}reissue-${round}-${n}.json`,
    cancelled: (round: number) => `${control}cancelled-${round}.json`,
    announced: (round: number, state: string) => `${control}announced-${round}-${state}.json`,
    submitted: (round: number) => (round === 0 ? submitted : `${control}submitted-${round}.json`),
  };
};

/** A round leaves half a dozen objects: enough for more than a thousand rounds. */
const MOST_OBJECTS = 10_000;

/** A key below `control/`; any other key there is foreign. */
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
    // Two resumptions at the same time may list at different moments: the one that found fewer chunks stored counts.
    missing: round === 0 ? undefined : Math.max(...ofRound("missing").map(({ n }) => n)),
    isCancelled: ofRound("cancelled").length > 0,
    reissues: ofRound("reissue").length,
    missingKeys: missing.sort((a, b) => a.round - b.round || a.n - b.n),
    reissueKeys: found.filter(({ kind }) => kind === "reissue").map(({ key }) => key),
  };
}

/**
 * Whether workers must drop queued messages of this round: one GET, of an object that rarely exists. The key alone says
 * it, so the version that wrote it does not matter.
 */
export async function isCancelled(
  store: Pick<StoreReader, "get">,
  { jobId, round }: { readonly jobId: string; readonly round: number },
): Promise<boolean> {
  return (await store.get(keysOf(jobId).cancelled(round))) !== undefined;
}

/**
 * The round of a resumption that begins now. Both the resumption and a simultaneous cancellation compute it, because
 * neither can see the other. A partly fetched folder may have the summary of a round and nothing else of it.
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
 * Cancels the job's round, and the next one, which a resumption may be about to begin. If none is, the next resumption
 * skips that round.
 */
export async function cancelJob(store: ControlStore, jobId: string, atMs: number): Promise<void> {
  const control = await readControl(store, jobId);
  const next = await readNextRound(store, jobId, control);
  // The next round first: a client that sees its own round cancelled may begin another one.
  for (const round of [next, control.round])
    await putJson(store, keysOf(jobId).cancelled(round), { version: 1, atMs });
}

/** Cancels the job's round, since no more may be spent on it. False where it is cancelled already. */
export async function cancelForBudget(
  store: Pick<Store, "putIfAbsent">,
  { jobId, round }: { readonly jobId: string; readonly round: number },
  atMs: number,
): Promise<boolean> {
  const bytes = jsonBytes({ version: 1, atMs, reason: "budget" });
  return (await store.putIfAbsent(keysOf(jobId).cancelled(round), bytes)) === "stored";
}

/** Why the round was cancelled, as far as it is said; undefined where a user did, or it cannot be read. */
export async function readCancelReason(
  store: Pick<StoreReader, "get">,
  { jobId, round }: { readonly jobId: string; readonly round: number },
): Promise<"budget" | undefined> {
  return (await getDerived(store, keysOf(jobId).cancelled(round), CancelledSchema))?.reason;
}

/** Writes the missing chunks of a new round: from here on it is the job's round. */
export function writeMissing(
  store: Pick<Store, "put">,
  jobId: string,
  round: number,
  missing: ChunkSet,
): Promise<void> {
  return putJson(store, keysOf(jobId).missing(round, missing.chunks.length), encodeChunkSet(missing));
}

/** Notes chunks that are about to be reissued in this round for the `n`th time. */
export function writeReissue(
  store: Pick<Store, "put">,
  jobId: string,
  [round, n]: readonly [round: number, n: number],
  reissued: ChunkSet,
): Promise<void> {
  return putJson(store, keysOf(jobId).reissue(round, n), encodeChunkSet(reissued));
}

/** Throws InvalidInputError if it is no such object, and NewerVersionError. */
export async function readChunkSet(store: Pick<StoreReader, "get">, key: string): Promise<ChunkSet> {
  const set = await getParsed(store, key, ChunkSetSchema);
  const { atMs = 0, chunks = "", kernel, uploaded } = set ?? {};
  return { atMs, chunks: decodeBits(chunks), kernel, uploaded };
}

type End = Pick<Summary, "jobId" | "round" | "state">;

/** Whether receivers outside were told of this end of the job. */
export async function isAnnounced(
  store: Pick<StoreReader, "get">,
  { jobId, round, state }: End,
): Promise<boolean> {
  return (await store.get(keysOf(jobId).announced(round, state))) !== undefined;
}

export function markAnnounced(
  store: Pick<Store, "put">,
  { jobId, round, state }: End,
  atMs: number,
): Promise<void> {
  return putJson(store, keysOf(jobId).announced(round, state), { version: 1, atMs });
}

/** The splitter's answer for the round; undefined while it sends messages. */
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

function encodeChunkSet({ atMs, chunks, ...others }: ChunkSet): v.InferOutput<typeof ChunkSetSchema> {
  const last = chunks.reduce((most, chunk) => Math.max(most, chunk), -1);
  const bits = Buffer.alloc((last >> 3) + 1);
  for (const chunk of chunks) bits[chunk >> 3]! |= 1 << (chunk & 7);
  return { version: 1, atMs, chunks: bits.toString("base64"), ...others };
}

function decodeBits(text: string): number[] {
  const bits = Buffer.from(text, "base64");
  const chunks: number[] = [];
  const most = Math.min(bits.length * 8, MAX_CHUNKS);
  for (let chunk = 0; chunk < most; chunk++) if ((bits[chunk >> 3]! >> (chunk & 7)) & 1) chunks.push(chunk);
  return chunks;
}
