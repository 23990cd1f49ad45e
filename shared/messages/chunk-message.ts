import * as v from "valibot";
import { crc32c } from "../array/crc32c.ts";
import { MAX_CHUNKS, MAX_CHUNKS_PER_MESSAGE } from "../array/job-limits.ts";
import { JobSpecSchema } from "../array/spec.ts";
import { checksumText } from "../validation/errors.ts";
import { whole } from "../validation/numbers.ts";
import { parse, parseJson } from "../validation/parse.ts";
import { versioned } from "../validation/versioned.ts";
import { JobIdSchema } from "./job-id.ts";

const CHUNK_MESSAGE_VERSION = 1;

/** What a chunk message may weigh at most; a test holds it to that. */
export const CHUNK_MESSAGE_MAX_BYTES = 1024;

export const ChunkIndexSchema = whole(0, MAX_CHUNKS - 1);

/** A key below `control/` has so many digits for it. */
export const MAX_ROUND = 999_999;

/** Which resumption of its job something belongs to; 0, and left out, before the first. */
export const RoundSchema = v.optional(whole(0, MAX_ROUND), 0);

/** The recipe, not the data: the job's spec and which of its chunks to compute. */
const ChunkMessageSchema = versioned(CHUNK_MESSAGE_VERSION, {
  jobId: JobIdSchema,
  spec: JobSpecSchema,
  chunks: v.pipe(
    v.array(ChunkIndexSchema, "a list of chunk indices"),
    v.minLength(1, "a list of at least one chunk"),
    v.maxLength(MAX_CHUNKS_PER_MESSAGE, `a list of at most ${MAX_CHUNKS_PER_MESSAGE} chunks`),
  ),
  round: RoundSchema,
  /** Where a chunk may be stored already, one looks before it is computed: this is not the first message for it. */
  again: v.optional(v.boolean("true or false"), false),
  /** The `errorMark` of the error that this one chunk met before: the same once more is its end. */
  failed: v.optional(v.pipe(v.string("text"), v.regex(/^[0-9a-f]{8}$/, "8 hexadecimal digits"))),
  /** What the chunks are estimated to take one thread, one after the other (ms); only a worker with threads is told. */
  estimatedMs: v.optional(v.pipe(v.number("a number"), v.minValue(0, "at least 0"))),
});
export type ChunkMessage = v.InferOutput<typeof ChunkMessageSchema>;

/** On which occasion a message is sent. */
export type Issue = Pick<ChunkMessage, "round" | "again">;

/** What else a message may tell. */
type Told = Partial<Pick<ChunkMessage, "estimatedMs" | "failed">>;

/** The message body that asks for these chunks of the job. */
export function chunkMessage(
  { jobId, spec, round = 0, again = false }: Pick<ChunkMessage, "jobId" | "spec"> & Partial<Issue>,
  chunks: readonly number[],
  { estimatedMs, failed }: { readonly [Name in keyof Told]: Told[Name] | undefined } = {},
): string {
  const issue = { ...(round > 0 && { round }), ...(again && { again }) };
  return JSON.stringify({
    version: CHUNK_MESSAGE_VERSION,
    jobId,
    spec,
    chunks,
    ...issue,
    failed,
    estimatedMs,
  });
}

/** What tells an error from others, by its description: a message has no room for all of that. */
export const errorMark = (description: string): string => checksumText(crc32c(Buffer.from(description)));

/** Throws InvalidInputError naming the field, and NewerVersionError. */
export function parseChunkMessage(body: string): ChunkMessage {
  return parse(ChunkMessageSchema, parseJson(body, "chunk message"), "chunk message");
}
