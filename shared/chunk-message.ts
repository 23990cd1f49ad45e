import * as v from "valibot";
import { MAX_CHUNKS_PER_MESSAGE } from "./chunks.ts";
import { type Job, JobIdSchema, JobSpecSchema, MAX_CHUNKS } from "./job.ts";
import { whole } from "./numbers.ts";
import { parse, parseJson } from "./parse.ts";
import { versioned } from "./versioned.ts";

export const CHUNK_MESSAGE_VERSION = 1;

/** What a chunk message may weigh at most; a test holds it to that. */
export const CHUNK_MESSAGE_MAX_BYTES = 1024;

export const ChunkIndexSchema = whole(0, MAX_CHUNKS - 1);

/** A key below `control/` has so many digits for it. */
export const MAX_ROUND = 999_999;

/** Which resumption of its job something belongs to; 0, and left out, before the first. */
export const RoundSchema = v.optional(whole(0, MAX_ROUND), 0);

/** The recipe, not the data: the job's spec and which of its chunks to compute. */
export const ChunkMessageSchema = versioned(CHUNK_MESSAGE_VERSION, {
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
  /** What the chunks are estimated to take one thread, one after the other (ms); only a worker with threads is told. */
  estimatedMs: v.optional(v.pipe(v.number("a number"), v.minValue(0, "at least 0"))),
});
export type ChunkMessage = v.InferOutput<typeof ChunkMessageSchema>;

/** On which occasion a message is sent. */
export type Issue = Pick<ChunkMessage, "round" | "again">;

/** The message body that asks for these chunks of the job. */
export function chunkMessage(
  { jobId, spec, round = 0, again = false }: Pick<Job, "jobId" | "spec"> & Partial<Issue>,
  chunks: readonly number[],
  estimatedMs?: number,
): string {
  const issue = { ...(round > 0 && { round }), ...(again && { again }) };
  return JSON.stringify({ version: CHUNK_MESSAGE_VERSION, jobId, spec, chunks, ...issue, estimatedMs });
}

/** Throws InvalidInputError naming the field, and NewerVersionError. */
export function parseChunkMessage(body: string): ChunkMessage {
  return parse(ChunkMessageSchema, parseJson(body, "chunk message"), "chunk message");
}
