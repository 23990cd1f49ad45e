/** Whether workers are at a job's messages, as far as their queue tells: it is the queue of all jobs. */
import type { QueueDepth } from "../ports/queue.ts";

/** True if messages wait, or a worker left them to others, and none takes any, `sinceMs` after the job's were sent: by then the queue has counted. */
export function isUnattended(
  { waiting, inFlight, delayed }: QueueDepth,
  sinceMs: number,
  countedMs: number,
): boolean {
  return waiting + delayed > 0 && inFlight === 0 && sinceMs > countedMs;
}

/** How long (ms) a job waited for a worker to begin; 0 where that is how workers start. */
export const longWaitMs = (untilBegunMs = 0): number => (untilBegunMs < 60_000 ? 0 : untilBegunMs);

/** The words for a job that no worker is at: `yet` or `now`, by whether a part of it was worked on. */
export function inWords(chunks: { readonly done: number; readonly failed: number }): string {
  return `nobody is working on this ${chunks.done + chunks.failed > 0 ? "now" : "yet"}`;
}

/** A job as its place counts it. */
export interface Counted {
  readonly done: number;
  readonly failed: number;
  readonly active: number;
  /** True while its messages seem to wait with no worker at any. */
  readonly isUnattended?: boolean;
}
