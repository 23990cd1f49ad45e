/** One consumer of reports, checks and dead letters, in a process that lives as long as it likes: any number of these may run, and none need. */
import type { Inbox, Received } from "../../shared/ports/queue.ts";
import { describeError } from "../../shared/validation/errors.ts";
import { EventSource } from "../local/event-source.ts";
import { HeldMessages } from "./held-messages.ts";

/** Messages that wait are aggregated together, and the first one waits for no other: a job's last report ends it at once. */
const RESULTS = { batchSize: 50, batchingWindowMs: 0, maximumConcurrency: 1 };
const DEAD_LETTERS = { ...RESULTS, batchSize: 10 };

export interface AggregatorRole {
  readonly results: Inbox;
  /** The chunk queue's dead letters. */
  readonly deadChunks: Inbox;
  /** Gives a batch of either queue to an aggregator; returns the ids of those that come again. Throws where the aggregator died, and all do. */
  readonly aggregate: (messages: readonly Received[]) => Promise<ReadonlySet<string>>;
  /** Called once with a queue's trouble, and again after it answered in between. */
  readonly onTrouble?: (why: string) => void;
  readonly onAnswered?: () => void;
  /** What ending the role may have to wait for a queue, see HeldMessages. */
  readonly longestPollMs?: number;
}

/**
 * Begins the role. The function that it returns ends it: what is being aggregated is finished, and what was only received is given to
 * other consumers at once.
 * @example
 * const end = beginAggregating({ results, deadChunks, aggregate });
 * try { await follow(job); } finally { await end(); }
 */
export function beginAggregating({ aggregate, ...role }: AggregatorRole): () => Promise<void> {
  const held = (inbox: Inbox) =>
    new HeldMessages(inbox, {
      onTrouble: (error) => role.onTrouble?.(describeError(error)),
      onAnswered: () => role.onAnswered?.(),
      longestPollMs: role.longestPollMs,
    });
  const queues = [
    { inbox: held(role.results), ...RESULTS },
    { inbox: held(role.deadChunks), ...DEAD_LETTERS },
  ];
  const sources = queues.map(
    (queue) =>
      new EventSource({
        ...queue,
        work: async (messages) => {
          const handedBack = await aggregate(messages);
          // The aggregator said for how long they are hidden.
          queue.inbox.letGo(messages.filter(({ id }) => handedBack.has(id)));
          return handedBack;
        },
      }),
  );
  for (const source of sources) source.start();
  const end = async () => {
    await Promise.all(sources.map((source) => source.stop()));
    await Promise.all(queues.map(({ inbox }) => inbox.close()));
  };
  let ended: Promise<void> | undefined;
  return () => {
    ended ??= end();
    return ended;
  };
}
