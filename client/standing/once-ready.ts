/** The receiving end of a queue for a process that cannot work without something that may be missing for a while, such as keys. */
import type { Inbox } from "../../shared/ports/queue.ts";

/**
 * The same inbox, which takes no message while `ready` rejects: one that is taken and given back uses up a delivery each time, and after five
 * it is a dead letter. `receive` rejects with the reason.
 */
export function onceReady(inbox: Inbox, ready: () => Promise<unknown>): Inbox {
  return {
    async receive(most, waitMs) {
      await ready();
      return inbox.receive(most, waitMs);
    },
    endWaits: () => inbox.endWaits?.(),
    acknowledge: (messages) => inbox.acknowledge(messages),
    postpone: (message, ms) => inbox.postpone(message, ms),
    release: (messages, ms) => inbox.release(messages, ms),
  };
}
