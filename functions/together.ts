/** Messages that a standing worker is given together, because they are brief: they share their waits and their report. No zip of a function has it. */
import type { ChunkMessage } from "../shared/messages/chunk-message.ts";
import {
  type AttemptFailure,
  type ChunkReport,
  type ReportMessage,
  reportMessages,
} from "../shared/messages/chunk-report.ts";
import { receivedRecord } from "../shared/ports/aws/sqs-inbox.ts";
import type { Clock } from "../shared/ports/clock.ts";
import { type GivenTogether, handBack, type Worked, type WorkedTogether } from "../shared/ports/delivery.ts";
import { inLanes } from "../shared/ports/lanes.ts";
import type { Inbox, Outbox, Received } from "../shared/ports/queue.ts";
import type { StoredJob } from "../shared/record/job.ts";

/** Messages that are begun at the same time: while a chunk of one is stored the next one's is computed. */
const AT_ONCE = 8;

/** The gate of jobs with a limit, see worker/spending.ts. */
interface Gate {
  begins(): void;
  allows(message: ChunkMessage, job: StoredJob, receiveCount?: number): Promise<"now" | "later" | "never">;
}

type TogetherEvent = Partial<GivenTogether> & {
  readonly Records: readonly Parameters<typeof receivedRecord>[0][];
};

export interface TogetherPorts {
  readonly results: Outbox;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly inbox: Pick<Inbox, "postpone">;
  /** The pause before a message's second delivery. */
  readonly retryAfterSeconds: number;
  readonly spending: Gate;
}

/** What each message is worked with, in place of what it has alone. */
export interface Shared {
  readonly reports: Reports;
  readonly spending: Gate;
}

/** Works messages that were received together. Never throws. */
export async function workTogether(
  { Records, budgetMs = 0 }: TogetherEvent,
  { results, clock, inbox, retryAfterSeconds, spending }: TogetherPorts,
  work: (message: Received, shared: Shared) => Promise<Worked>,
): Promise<WorkedTogether> {
  const messages = Records.map(receivedRecord);
  const endMs = clock.monotonicMs() + budgetMs;
  const shared = { reports: new Reports(), spending: inTurn(spending) };
  const failed: string[] = [];
  const unbegun: string[] = [];
  const done: Received[] = [];
  await inLanes(messages, AT_ONCE, async (message) => {
    if (message !== messages[0] && clock.monotonicMs() >= endMs) unbegun.push(message.id);
    else if ((await work(message, shared)).retry) failed.push(message.id);
    else done.push(message);
  });
  try {
    await shared.reports.sendTo(results);
  } catch (error) {
    for (const message of done) {
      failed.push(message.id);
      await handBack(message, inbox, retryAfterSeconds, error);
    }
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })), unbegun };
}

/** Messages that are worked at the same time must not take a seat each: one asks after the other. */
function inTurn(gate: Gate): Gate {
  let latest: Promise<unknown> = Promise.resolve();
  return {
    begins: () => gate.begins(),
    allows(message, job, receiveCount) {
      if (job.maxUsd === undefined) return gate.allows(message, job, receiveCount);
      const asking = latest.then(() => gate.allows(message, job, receiveCount));
      latest = asking.catch(() => {});
      return asking;
    },
  };
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
