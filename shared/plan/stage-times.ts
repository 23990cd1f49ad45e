/** What Lambda and S3 take, by published figures: how long a stage starts and waits, where that was not measured. */
import type { Plan, Requests } from "../record/plan.ts";

/** What a start takes with Node 24, whatever the memory: lambda-perf, p50 of 111 days (2026-04-04 to 08-22). */
export const INIT_MS = 130;
/** A request to S3 or SQS, as a stage waits for it: what the splitter and the aggregator mostly do. */
export const REQUEST_MS = 20;
/** The splitter sends in this many lanes. */
const SENDS_AT_ONCE = 8;

/** A worker's stores under way. */
export const STORES_AT_ONCE = 4;

/** What all workers together wait for S3 and SQS beside computing: for each chunk's PUT, and for each message. */
export function storingSeconds({ chunks, messages }: Pick<Plan, "chunks" | "messages">): number {
  return (REQUEST_MS / 1000) * (chunks / STORES_AT_ONCE + messages);
}

/** How long a stage waits for these requests. */
export function waitedMs({ put, get, list, send }: Requests): number {
  return REQUEST_MS * (put + get + list + send / SENDS_AT_ONCE);
}
