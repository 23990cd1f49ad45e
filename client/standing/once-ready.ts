/** The receiving end of a queue for a process that cannot work without something that may be missing for a while, such as keys. */
import { setTimeout as pause } from "node:timers/promises";
import type { Inbox } from "../../shared/ports/queue.ts";

/** Looking up keys may start a program. */
const PAUSE_MS = 1000;

/**
 * The same inbox, which takes no message while `ready` rejects: one that is taken and given back uses up a delivery each time, and after five
 * it is a dead letter. `receive` rejects with the reason, after a pause.
 */
export function onceReady(inbox: Inbox, ready: () => Promise<unknown>, pauseMs = PAUSE_MS): Inbox {
  return {
    async receive(most, waitMs) {
      try {
        await ready();
      } catch (error) {
        await pause(pauseMs);
        throw error;
      }
      return inbox.receive(most, waitMs);
    },
    endWaits: () => inbox.endWaits?.(),
    acknowledge: (messages) => inbox.acknowledge(messages),
    postpone: (message, ms) => inbox.postpone(message, ms),
    release: (messages, ms) => inbox.release(messages, ms),
  };
}
