import * as v from "valibot";
import { crc32c } from "../array/crc32c.ts";
import { MAX_CHUNKS, MAX_CHUNKS_PER_MESSAGE } from "../array/job-limits.ts";
import { KernelHashSchema } from "../array/spec.ts";
import { UploadedSchema } from "../kernels/uploads.ts";
import { checksumText } from "../validation/errors.ts";
import { milliseconds, whole } from "../validation/numbers.ts";
import { parse, parseJson } from "../validation/parse.ts";
import { versioned } from "../validation/versioned.ts";
import { JobIdSchema } from "./job-id.ts";

/** 2 since a message names the job and has no spec: its worker reads job.json. */
const CHUNK_MESSAGE_VERSION = 2;

/** The maximum size of a chunk message; a test checks it. */
export const CHUNK_MESSAGE_MAX_BYTES = 1024;

export const ChunkIndexSchema = whole(0, MAX_CHUNKS - 1);

/** The largest round that fits into the six digits of a key below `control/`. */
export const MAX_ROUND = 999_999;

/** More than any worker lets a message wait. */
const MOST_WAITED = 99;
/** More often than any worker hands a message on. */
const MOST_HANDED_ON = 99_999;

/** The number of a resumption of the job; 0, and omitted, before the first one. */
export const RoundSchema = v.optional(whole(0, MAX_ROUND), 0);

/** The recipe, not the data: a job, whose job.json has the spec, and the indices of the chunks to compute. */
export const ChunkMessageSchema = versioned(CHUNK_MESSAGE_VERSION, {
  jobId: JobIdSchema,
  /**
   * Epoch ms: when the job was submitted, by its job.json. A deleted job's id may be used again. Absent in messages of versions that
   * had the spec instead.
   */
  ofJobMs: v.optional(milliseconds),
  /** The hash of the job's kernel; absent where it is unknown. */
  kernel: v.optional(KernelHashSchema),
  /** Where that was uploaded; absent where job.json says so, or it was not. */
  uploaded: v.optional(UploadedSchema),
  chunks: v.pipe(
    v.array(ChunkIndexSchema, "a list of chunk indices"),
    v.minLength(1, "a list of at least one chunk"),
    v.maxLength(MAX_CHUNKS_PER_MESSAGE, `a list of at most ${MAX_CHUNKS_PER_MESSAGE} chunks`),
  ),
  round: RoundSchema,
  /**
   * True if this is not the first message for its chunks: the worker then checks whether a chunk is stored before it
   * computes it.
   */
  again: v.optional(v.boolean("true or false"), false),
  /**
   * The `errorMark` of the error that this single chunk met before: if it meets the same error again, it has failed for
   * good.
   */
  failed: v.optional(v.pipe(v.string("text"), v.regex(/^[0-9a-f]{8}$/, "8 hexadecimal digits"))),
  /**
   * The estimated time (ms) of the chunks on one thread, one after the other; only in messages to workers with threads.
   */
  estimatedMs: v.optional(v.pipe(v.number("a number"), v.minValue(0, "at least 0"))),
  /** How often a worker sent it again since the job's limit had no seat for that worker. */
  waited: v.optional(whole(0, MOST_WAITED), 0),
  /** How often a worker that cannot do it sent it again for others, see docs/protocol.md. */
  handedOn: v.optional(whole(0, MOST_HANDED_ON), 0),
});
export type ChunkMessage = v.InferOutput<typeof ChunkMessageSchema>;

/** The round of a message, and whether it repeats an earlier one. */
export type Issue = Pick<ChunkMessage, "round" | "again">;

/** Optional facts in a message. */
type Told = Partial<Pick<ChunkMessage, "estimatedMs" | "failed" | "waited">>;

/** The job that a message is of, and its issue. */
export type MessageOf = Pick<ChunkMessage, "jobId"> &
  Partial<Pick<ChunkMessage, "ofJobMs" | "kernel" | "uploaded"> & Issue>;

/**
 * The message body that asks for these chunks of the job.
 * @example
 * await queue.send([chunkMessage({ jobId, ofJobMs: job.submittedAtMs }, [0, 1, 2])]);
 */
export function chunkMessage(
  { jobId, ofJobMs, kernel, uploaded, round = 0, again = false }: MessageOf,
  chunks: readonly number[],
  { estimatedMs, failed, waited }: { readonly [Name in keyof Told]: Told[Name] | undefined } = {},
): string {
  const issue = { ...(round > 0 && { round }), ...(again && { again }) };
  return JSON.stringify({
    version: CHUNK_MESSAGE_VERSION,
    ...{ jobId, ofJobMs, kernel, uploaded, chunks },
    ...issue,
    failed,
    estimatedMs,
    waited,
  });
}

/** A short hash of an error's description, to recognise it: a message has no room for the description. */
export const errorMark = (description: string): string => checksumText(crc32c(Buffer.from(description)));

/** Throws InvalidInputError naming the field, and NewerVersionError. */
export function parseChunkMessage(body: string): ChunkMessage {
  return parse(ChunkMessageSchema, parseJson(body, "chunk message"), "chunk message");
}
