/** Messages that a standing worker is given together, because they are brief: they share their waits and their report. */
import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from "aws-lambda";
import {
  type AttemptFailure,
  type ChunkReport,
  type ReportMessage,
  reportMessages,
} from "../../shared/messages/chunk-report.ts";
import type { Worked } from "../../shared/ports/delivery.ts";
import { inLanes } from "../../shared/ports/lanes.ts";
import type { Outbox, Received } from "../../shared/ports/queue.ts";

/** An event that no mapping sends: a standing worker's parent does. */
export interface TogetherEvent extends SQSEvent {
  /** No message but the first is begun after this long (ms), since others may work it. */
  readonly beginWithinMs: number;
}

export interface TogetherAnswer extends SQSBatchResponse {
  /** The ids of messages that were not begun. */
  readonly unbegun: readonly string[];
}

interface TogetherPorts {
  readonly results: Outbox;
  readonly nowMs: () => number;
  /** The most that are begun at the same time: while a chunk of one is stored the next one's is computed. */
  readonly atOnce: number;
  /** Works a message, and gives its reports to `reports`. */
  readonly work: (message: Received, reports: Reports) => Promise<Worked>;
  /** Has a message come again whose report could not be sent. */
  readonly handBack: (message: Received, why: unknown) => Promise<void>;
}

/** Works messages that were received together. Never throws. */
export async function workTogether(
  messages: readonly Received[],
  beginWithinMs: number,
  { results, nowMs, atOnce, work, handBack }: TogetherPorts,
): Promise<TogetherAnswer> {
  const endMs = nowMs() + beginWithinMs;
  const reports = new Reports();
  const batchItemFailures: SQSBatchItemFailure[] = [];
  const unbegun: string[] = [];
  const done: Received[] = [];
  await inLanes(messages, atOnce, async (message) => {
    if (message !== messages[0] && nowMs() >= endMs) unbegun.push(message.id);
    else if ((await work(message, reports)).retry) batchItemFailures.push({ itemIdentifier: message.id });
    else done.push(message);
  });
  try {
    await reports.sendTo(results);
  } catch (error) {
    for (const message of done) {
      batchItemFailures.push({ itemIdentifier: message.id });
      await handBack(message, error);
    }
  }
  return { batchItemFailures, unbegun };
}

type From = Pick<ReportMessage, "jobId" | "round" | "worker">;

/** What is to be reported of several messages: in one report a round, where it is not too large for one. */
export class Reports {
  readonly #waiting = new Map<string, { from: From; chunks: ChunkReport[]; failures: AttemptFailure[] }>();

  add(from: From, chunks: readonly ChunkReport[], failures: readonly AttemptFailure[]): void {
    const name = `${from.jobId} ${from.round}`;
    const waiting = this.#waiting.get(name) ?? { from, chunks: [], failures: [] };
    this.#waiting.set(name, waiting);
    waiting.chunks.push(...chunks);
    waiting.failures.push(...failures);
  }

  /** Throws what the queue throws. */
  async sendTo(results: Outbox): Promise<void> {
    for (const { from, chunks, failures } of this.#waiting.values())
      await results.send(reportMessages(from, chunks, failures));
  }
}
