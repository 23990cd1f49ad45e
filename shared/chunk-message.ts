import * as v from "valibot";
import { MAX_CHUNKS_PER_MESSAGE } from "./chunks.ts";
import { type Job, JobIdSchema, JobSpecSchema, MAX_CHUNKS } from "./job.ts";
import { parse, parseJson } from "./parse.ts";

export const CHUNK_MESSAGE_VERSION = 1;

/** What a chunk message may weigh at most; a test holds it to that. */
export const CHUNK_MESSAGE_MAX_BYTES = 1024;

export const ChunkIndexSchema = v.pipe(
  v.number("a whole number"),
  v.integer("a whole number"),
  v.minValue(0, "at least 0"),
  v.maxValue(MAX_CHUNKS - 1, `below ${MAX_CHUNKS}`),
);

/** The recipe, not the data: the job's spec and which of its chunks to compute. */
export const ChunkMessageSchema = v.strictObject({
  version: v.literal(CHUNK_MESSAGE_VERSION, `${CHUNK_MESSAGE_VERSION}`),
  jobId: JobIdSchema,
  spec: JobSpecSchema,
  chunks: v.pipe(
    v.array(ChunkIndexSchema, "a list of chunk indices"),
    v.minLength(1, "a list of at least one chunk"),
    v.maxLength(MAX_CHUNKS_PER_MESSAGE, `a list of at most ${MAX_CHUNKS_PER_MESSAGE} chunks`),
  ),
});
export type ChunkMessage = v.InferOutput<typeof ChunkMessageSchema>;

/** The message body that asks for these chunks of the job. */
export function chunkMessage(job: Pick<Job, "jobId" | "spec">, chunks: readonly number[]): string {
  const { jobId, spec } = job;
  return JSON.stringify({ version: CHUNK_MESSAGE_VERSION, jobId, spec, chunks });
}

/** Throws InvalidInputError naming the field. */
export function parseChunkMessage(body: string): ChunkMessage {
  return parse(ChunkMessageSchema, parseJson(body, "chunk message"), "chunk message");
}
