import { type ChunkMessage, chunkMessage } from "../../shared/messages/chunk-message.ts";
import type { Attempt, Delivery } from "./attempt.ts";

/** Chunks that the worker asks for again, and a message's body for each, in the same order. */
export interface SentAgain {
  readonly chunks: number[];
  readonly bodies: string[];
}

/**
 * Which chunks of the message the worker sends again, each in a message of its own: those that are to be tried apart, those that failed
 * in a way that is likely to recur, with the mark of their error, and shards that have items left.
 */
export function sentAgain(
  message: ChunkMessage,
  { apart, marks, unfinished, mustComeAgain }: Attempt,
): SentAgain {
  const repeated = { ...message, again: true };
  // A message that SQS delivers again brings its failed chunks as well.
  const marked = mustComeAgain ? [] : [...marks];
  return {
    chunks: [...apart, ...marked.map(([chunk]) => chunk), ...unfinished],
    bodies: [
      ...apart.map((chunk) => chunkMessage(message, [chunk])),
      ...marked.map(([chunk, failed]) => chunkMessage(repeated, [chunk], { failed })),
      ...unfinished.map((chunk) => chunkMessage(repeated, [chunk])),
    ],
  };
}

/** The same message, as one that waited for a seat once more. A new message has all its deliveries before it. */
export function waitingMessage(
  message: ChunkMessage,
  { receiveCount }: Pick<Delivery, "receiveCount">,
): string {
  const { chunks, again, estimatedMs, failed, waited } = message;
  const told = { estimatedMs, failed, waited: waited + 1 };
  return chunkMessage({ ...message, again: again || receiveCount > 1 }, chunks, told);
}
