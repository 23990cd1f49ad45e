import { parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { parseResultMessage, type ReportMessage } from "../../shared/messages/chunk-report.ts";
import { handBack, parseOrReject } from "../../shared/ports/delivery.ts";
import type { Inbox, Received } from "../../shared/ports/queue.ts";
import { describeError, isPermanent, NewerVersionError } from "../../shared/validation/errors.ts";
import { aggregate, buryDeadLetter } from "./aggregate.ts";
import { check } from "./check.ts";
import type { Finished } from "./finish.ts";
import type { AggregatePorts } from "./ports.ts";

export interface BatchPorts extends AggregatePorts {
  /** The receiving end of the results. */
  readonly inbox: Pick<Inbox, "postpone">;
  /** The names that the queues of dead letters have in their messages. */
  readonly deadLetters: readonly string[];
  /** The pause before a message's second delivery; it doubles with each. */
  readonly retryAfterSeconds: number;
  readonly logger: Readonly<Record<"info" | "warn" | "error", (what: string, details: Details) => void>>;
}
type Details = Record<string, unknown>;

/** What became of a batch. */
export interface Aggregated {
  /** The ids of messages that come again. */
  readonly failed: readonly string[];
  readonly finished: readonly Finished[];
  /** How many were dropped for good, see the log. */
  readonly dropped: number;
}

/**
 * Aggregates messages that were received from the result queue and from the chunk queue's dead letters. The receiver acknowledges those that
 * did not fail. Never throws.
 */
export async function aggregateBatch(batch: readonly Received[], ports: BatchPorts): Promise<Aggregated> {
  const { store, deadLetters, logger } = ports;
  const failed: { readonly message: Received; readonly reason: unknown }[] = [];
  const finished: Finished[] = [];
  let dropped = 0;
  const attempt = async (messages: readonly Received[], action: () => Promise<Finished | undefined>) => {
    try {
      const job = await (ports.paying ? ports.paying.during(action) : action());
      if (!job) return;
      finished.push(job);
      const { jobId, state, chunks, makespanMs } = job.summary;
      logger.info("job finished", { jobId, state, chunks, makespanMs, plotsMs: job.plotsMs });
    } catch (error) {
      const permanent = isPermanent(error);
      const details = { error: describeError(error), permanent, messages: messages.length };
      if (error instanceof NewerVersionError) logger.warn("newer message or record: handed back", details);
      else logger.error("batch failed", details);
      if (permanent) dropped += messages.length;
      else failed.push(...messages.map((message) => ({ message, reason: error })));
    }
  };

  // Reports of one job are kept together: one object in the store, one look at what is still missing.
  const reports: { received: Received; report: ReportMessage }[] = [];
  for (const received of batch) {
    await attempt([received], async () => {
      if (deadLetters.includes(received.queue)) {
        const letter = await parseOrReject(received, parseChunkMessage, store);
        return letter && buryDeadLetter(letter, ports);
      }
      const message = await parseOrReject(received, parseResultMessage, store);
      if (!message) dropped++;
      if (message?.kind === "check") return check(message, ports);
      if (message) reports.push({ received, report: message });
      return undefined;
    });
  }
  for (const [jobId, ofJob] of Map.groupBy(reports, ({ report }) => report.jobId)) {
    const messages = ofJob.map(({ received }) => received);
    await attempt(messages, () =>
      aggregate(
        jobId,
        ofJob.map(({ report }) => report),
        ports,
      ),
    );
  }
  return {
    failed: await Promise.all(failed.map((each) => handBackToItsQueue(each, ports))),
    finished,
    dropped,
  };
}

/**
 * Dead letters simply wait out their queue's visibility timeout, one of a newer version too, until this stage is updated or
 * the retention ends: its chunks must not be called failed by a stage that cannot read what became of them.
 */
async function handBackToItsQueue(
  { message, reason }: { readonly message: Received; readonly reason: unknown },
  { deadLetters, inbox, retryAfterSeconds }: BatchPorts,
): Promise<string> {
  if (!deadLetters.includes(message.queue)) await handBack(message, inbox, retryAfterSeconds, reason);
  return message.id;
}
