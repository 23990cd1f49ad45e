import { setTimeout as pause } from "node:timers/promises";

const ASK_AGAIN_MS = 100;
const ANSWER_LIMIT_MS = 10_000;

/** Polls until LocalStack answers. Rejects when `signal` aborts. */
export async function untilReady(endpoint: string, signal: AbortSignal): Promise<void> {
  while (!(await answers(endpoint, signal))) await pause(ASK_AGAIN_MS, undefined, { signal });
}

/** Whether LocalStack answers. Rejects when `signal` aborts. */
export async function answers(endpoint: string, signal?: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
  try {
    const either = signal ? AbortSignal.any([limit, signal]) : limit;
    return (await fetch(`${endpoint}/_localstack/health`, { signal: either })).ok;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}
