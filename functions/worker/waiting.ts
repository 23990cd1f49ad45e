import { type ChunkMessage, chunkMessage } from "../../shared/messages/chunk-message.ts";
import type { Delivery } from "./attempt.ts";

/** After this number of waits, some minutes, a worker may pay for a seat of its own: those that had one may be gone. */
export const BUYING_WAITS = 12;
/** Where there is too little left for one, the message waits on for those that have theirs, until then. */
export const MOST_WAITS = 24;
const GROWTH = 1.5;

/**
 * The same message to be sent again, and its delay: it grows each time, from a second to two minutes, and differs, so that as many come back at a time as there are
 * seats for. A new message has all its deliveries before it.
 */
export function sentLater(
  message: ChunkMessage,
  { receiveCount }: Pick<Delivery, "receiveCount">,
  random: () => number,
): { readonly body: string; readonly delaySeconds: number } {
  const { chunks, again, estimatedMs, failed, waited } = message;
  const body = chunkMessage({ ...message, again: again || receiveCount > 1 }, chunks, {
    ...{ estimatedMs, failed, waited: waited + 1 },
  });
  return { body, delaySeconds: Math.round(GROWTH ** Math.min(waited, BUYING_WAITS) * (0.5 + random())) };
}
