import { type ChunkMessage, parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { parseResultMessage, type ReportMessage } from "../../shared/messages/chunk-report.ts";
import type { Store } from "../../shared/ports/store.ts";
import { describeError } from "../../shared/validation/errors.ts";
import { expectThat, FailedCheck } from "./failed-check.ts";
import type { GoldenJob } from "./golden-job.ts";

/** What a worker asked of store and queues about one message, in the order in which it was answered. */
export interface Seen {
  readonly isAcknowledged: boolean;
  /** How long the message was hidden when it was handed back. */
  readonly pauseSeconds: number | undefined;
  readonly steps: readonly Step[];
  readonly reports: readonly ReportMessage[];
  /** Bodies that the worker sent to the chunk queue, and how long each is delayed there. */
  readonly sentAgain: readonly Sent[];
  readonly messageId: string;
}

interface Sent {
  readonly body: string;
  readonly delaySeconds: number;
}

export type Step =
  | { readonly kind: "put"; readonly key: string; readonly status: number }
  | { readonly kind: "sent"; readonly queue: "chunks" | "results"; readonly sent: readonly Sent[] }
  | { readonly kind: "acknowledged" }
  | { readonly kind: "handed back"; readonly seconds: number };

/** Gives a worker messages, one at a time, and sees what it makes of them. */
export interface Bench {
  readonly store: Store;
  /** A job of its own for a check. */
  job(request: object): Promise<GoldenJob>;
  /**
   * Gives the worker a message, as its `delivery`th delivery, and waits until it has acknowledged or handed it back. Throws FailedCheck
   * where that takes too long, or the worker ends. `onTaken` is called when the worker has got it.
   */
  give(body: string, delivery?: number, onTaken?: () => void): Promise<Seen>;
}

export function seenOf(steps: readonly Step[], messageId: string): Seen {
  const sentTo = (to: "chunks" | "results") =>
    steps.flatMap((step) => (step.kind === "sent" && step.queue === to ? step.sent : []));
  const last = steps.at(-1);
  return {
    isAcknowledged: last?.kind === "acknowledged",
    pauseSeconds: last?.kind === "handed back" ? last.seconds : undefined,
    steps,
    reports: sentTo("results")
      .map(({ body }) => readable(body, parseResultMessage))
      .filter((each) => each.kind === "report"),
    sentAgain: sentTo("chunks"),
    messageId,
  };
}

/** Throws FailedCheck where the worker is not done by then; `ended` rejects where it ends before. */
export async function soon(done: Promise<void>, ended: Promise<never>, mostMs: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const what = "the worker to acknowledge the message, or to hand it back";
  const timer = setTimeout(
    () => reject(new FailedCheck(`Expected ${what} within ${mostMs / 1000} s, it did neither.`)),
    mostMs,
  );
  try {
    await Promise.race([done, late, ended]);
  } finally {
    clearTimeout(timer);
  }
}

/** The messages that the worker sent again. Throws FailedCheck where the schema refuses one. */
export const readAgain = ({ sentAgain }: Seen): ChunkMessage[] =>
  sentAgain.map(({ body }) => readable(body, parseChunkMessage));

/** Throws FailedCheck where the schema refuses what the worker sent. */
function readable<Value>(body: string, parseBody: (body: string) => Value): Value {
  try {
    return parseBody(body);
  } catch (error) {
    expectThat(false, "a message that its schema accepts", describeError(error));
  }
}
