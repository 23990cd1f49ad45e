import type { QueueDepth } from "../../shared/ports/queue.ts";
import { count, counted } from "../../shared/validation/counted.ts";

/** What the queues hold, as `doctor` says it. */
export function queuesText(chunks: QueueDepth, results: QueueDepth): string {
  const waiting = `${counted(chunks.waiting, "chunk message")} waiting${laterText(chunks)}`;
  const reports = counted(results.waiting + results.inFlight, "report message");
  return `${waiting} and ${count(chunks.inFlight)} being worked on, ${reports} on their way`;
}

/** The messages that a worker left to others, or that wait for a seat: a queue keeps them for a while. */
export const laterText = ({ delayed }: QueueDepth): string =>
  delayed > 0 ? `, ${count(delayed)} left for later` : "";
