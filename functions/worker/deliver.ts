import { parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import {
  handBack,
  handOn,
  isForOthers,
  MOST_HANDED_ON,
  parseOrReject,
  timesHandedOn,
  type Worked,
} from "../../shared/ports/delivery.ts";
import type { Inbox, Received } from "../../shared/ports/queue.ts";
import { describeError, LackingKernelError, NewerVersionError } from "../../shared/validation/errors.ts";
import type { Delivery } from "./attempt.ts";
import { type WorkPorts, work } from "./work.ts";

export interface DeliverPorts extends WorkPorts {
  readonly inbox: Pick<Inbox, "acknowledge" | "postpone">;
  /** The pause before a message's second delivery; it doubles with each. */
  readonly retryAfterSeconds: number;
  readonly logger: Log;
}

interface Log {
  info(what: string, details: Details): void;
  warn(what: string, details: Details): void;
  error(what: string, details: Details): void;
}
type Details = Record<string, unknown>;

/**
 * Works a message that was received, by a mapping, a drainer or any other loop, and gives it back to the queue if it must come again.
 * What this worker is too old for, or lacks the kernel of, has not failed: others get it, until it went round for long. Never throws. Who received the message acknowledges it
 * unless `retry` is true.
 */
export async function deliver(
  received: Received,
  worker: Delivery["worker"],
  ports: DeliverPorts,
): Promise<Worked> {
  const { inbox, retryAfterSeconds } = ports;
  const isOver = ports.others === "unlike" && timesHandedOn(received.body) >= MOST_HANDED_ON;
  const others = isOver ? undefined : ports.others;
  const { reason, ...worked } = await attempt(received, worker, { ...ports, others });
  if (worked.retry && others === "unlike" && isForOthers(reason))
    await handOn(received, ports, retryAfterSeconds);
  else if (worked.retry) await handBack(received, inbox, retryAfterSeconds, reason);
  return worked;
}

/** `reason` is the cause if the message could not be worked at all. */
async function attempt(
  received: Received,
  worker: Delivery["worker"],
  { logger, ...ports }: DeliverPorts,
): Promise<Worked & { readonly reason?: unknown }> {
  const { id: messageId, receiveCount } = received;
  try {
    const message = await parseOrReject(received, parseChunkMessage, ports.store);
    if (!message) {
      logger.error("message rejected", { messageId });
      return { chunks: 0, retry: false };
    }
    const { failures, retry, ...outcome } = await work(message, { worker, receiveCount }, ports);
    const { jobId } = message;
    logger.info("message done", { jobId, ...outcome, receiveCount, coldStart: worker.coldStart });
    for (const { chunk, error, final } of failures)
      logger.error("chunk failed", { jobId, chunk, error, final });
    return { jobId, chunks: message.chunks.length, retry, isSeatless: outcome.waits };
  } catch (error) {
    const details = { messageId, error: describeError(error), receiveCount };
    if (error instanceof NewerVersionError) logger.warn("newer message handed back", details);
    else if (error instanceof LackingKernelError)
      logger.warn("message of a kernel that is not here handed back", details);
    else logger.error("message failed", details);
    return { chunks: 0, retry: true, reason: error };
  }
}
