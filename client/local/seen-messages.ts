/** What a run sees of the messages that pass by: watching must not disturb, and a handler deals with one that cannot be parsed. */
import { parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { parseResultMessage, type ReportMessage } from "../../shared/messages/chunk-report.ts";
import type { Received } from "../../shared/ports/queue.ts";

/** How many chunks the messages ask for; a message that cannot be parsed asks for none. */
export function countChunks(messages: readonly Received[]): number {
  return messages.reduce((sum, { body }) => sum + chunksIn(body).length, 0);
}

export function chunksIn(body: string): readonly number[] {
  return orNothing(() => parseChunkMessage(body))?.chunks ?? [];
}

export function reportIn(body: string): ReportMessage | undefined {
  const message = orNothing(() => parseResultMessage(body));
  return message?.kind === "report" ? message : undefined;
}

function orNothing<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
