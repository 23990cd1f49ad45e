/** Workers on this machine for a queue: beside a deployment's Lambdas, in their place, or without AWS. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Inbox, Received } from "../../shared/ports/queue.ts";
import { describeError } from "../../shared/validation/errors.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { EventSource } from "../local/event-source.ts";
import { inOneEvent } from "../local/function-events.ts";
import type { AtWork } from "./at-work.ts";
import { type Environment, FreshSlots } from "./fresh-slots.ts";
import { HeldMessages } from "./held-messages.ts";

/** A message is kept ready for a worker that is at one only while messages take less than this: others would wait for it longer than the queue takes. */
const READY_BELOW_MS = 50;

/** A worker that handed a message back is not the next to take one: those that can do what it cannot come first. */
const REST_MS = 1_000;

/** Where a standing worker takes messages from, and puts what it made. */
export interface StandingPlace {
  readonly inbox: Inbox;
  /** The messages that a worker is given together at the most, while they are brief. Default: each goes alone. */
  readonly mostTogether?: number;
  /** What its workers find there, for their environment: it changes where credentials are renewed. */
  environment(): Promise<Environment>;
}

export interface StandingOptions {
  /** The machine's name among others of its queue. */
  readonly name: string;
  readonly workers: number;
  /** Where the workers' logs are written. */
  readonly logFolder: string;
  /** Aborted: takes no more messages, and ends when those at work are done. */
  readonly signal: AbortSignal;
  /** Aborted: ends at once, and others get what was at work. */
  readonly stop?: AbortSignal | undefined;
  readonly onNews: (news: News) => void;
  /** Told which messages are at work. */
  readonly atWork?: AtWork | undefined;
}

/** What a standing worker tells: each once it has happened. */
export type News =
  | { readonly kind: "started"; readonly name: string; readonly workers: number }
  | { readonly kind: "done" | "handed back"; readonly messageId: string; readonly ms: number }
  | {
      readonly kind: "died";
      /** The first of those that the worker had. */
      readonly messageId: string;
      readonly messages: number;
      readonly ms: number;
      readonly why: string;
    }
  | { readonly kind: "trouble" | "answered"; readonly sentence: string }
  | { readonly kind: "draining" };

/**
 * Takes messages of the place's queue until the signal is aborted. This process receives, hides and acknowledges them; a child
 * for each worker computes, with the bundle that Lambda would run. A child that dies is replaced, and its message given to others at once.
 * Rejects where no child ever starts.
 */
export async function standBy(place: StandingPlace, options: StandingOptions): Promise<void> {
  const { name, workers, logFolder, signal, stop, onNews, atWork } = options;
  const { environment } = place;
  const inbox = new HeldMessages(place.inbox, {
    onTrouble: (error) => {
      const sentence = `The queue could not be asked, which goes on: ${describeError(error)}`;
      onNews({ kind: "trouble", sentence });
    },
    onAnswered: () => onNews({ kind: "answered", sentence: "The queue answers again." }),
  });
  const slots = new FreshSlots(
    { stage: "worker", name, most: workers, logFolder, environment },
    await ensureBundles({}),
  );
  const invoke = inOneEvent(async (event) => (await slots.current()).invoke(event), READY_BELOW_MS);
  const work = async (messages: readonly Received[]) => {
    const beganMs = performance.now();
    atWork?.began(messages);
    try {
      const { handedBack, unbegun } = await invoke(messages);
      const ms = Math.round(performance.now() - beganMs);
      for (const { id: messageId } of messages)
        if (!unbegun.has(messageId))
          onNews({ kind: handedBack.has(messageId) ? "handed back" : "done", messageId, ms });
      inbox.letGo(messages.filter(({ id }) => handedBack.has(id)));
      // Where that fails the visibility timeout brings them back.
      if (unbegun.size > 0)
        await inbox
          .release(
            messages.filter(({ id }) => unbegun.has(id)),
            0,
          )
          .catch(() => {});
      if (handedBack.size > 0) await sleep(REST_MS, undefined, { signal }).catch(() => {});
      return new Set([...handedBack, ...unbegun]);
    } catch (error) {
      const ms = Math.round(performance.now() - beganMs);
      const [{ id: messageId } = { id: "" }] = messages;
      onNews({ kind: "died", messageId, messages: messages.length, ms, why: describeError(error) });
      throw error;
    } finally {
      atWork?.ended(messages);
      slots.closeFormer();
    }
  };
  const source = new EventSource({
    ...{ inbox, work, batchSize: 1, batchingWindowMs: 0, maximumConcurrency: workers },
    ...{ readyBelowMs: READY_BELOW_MS, mostTogether: place.mostTogether },
  });
  try {
    const pool = await slots.current();
    await Promise.race([pool.warm(workers), pool.failed]);
    onNews({ kind: "started", name, workers });
    source.start();
    await Promise.race([aborted(signal), aborted(stop), slots.failed]);
    onNews({ kind: "draining" });
  } finally {
    // First of all: what it would receive without workers would come back at once, until it has used up its deliveries.
    const stopped = source.stop();
    void aborted(stop).then(() => slots.close());
    await stopped;
    await inbox.close();
    await slots.close();
  }
}

/** Never, without a signal. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}
