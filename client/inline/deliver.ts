import type { Delivery } from "../../functions/worker/attempt.ts";
import type { Jobs } from "../../functions/worker/jobs.ts";
import { work } from "../../functions/worker/work.ts";
import type { Kernels } from "../../shared/kernels/loader.ts";
import type { ChunkMessage } from "../../shared/messages/chunk-message.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Outbox } from "../../shared/ports/queue.ts";
import type { Store } from "../../shared/ports/store.ts";

/**
 * The messages that a delivery sent, for the caller, which plays the queues, and whether the message must come again.
 */
export interface Delivered {
  readonly reports: string[];
  readonly reissued: string[];
  readonly retry: boolean;
}

/** What it is worked on with. */
export interface DeliveryPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly kernels: Kernels;
  readonly jobs?: Jobs;
  /** Aborted where the run is interrupted. */
  readonly signal?: AbortSignal;
}

/** Runs the worker stage on one message without queues. */
export async function deliver(
  message: ChunkMessage,
  delivery: Delivery,
  { store, clock, kernels, jobs, signal }: DeliveryPorts,
): Promise<Delivered> {
  const reports: string[] = [];
  const reissued: string[] = [];
  const into = (bodies: string[]): Outbox => ({ send: async (sent) => bodies.push(...sent) });
  // Nothing is billed here: a job that has a limit elsewhere goes on for nothing.
  const spending = { begins: () => {}, allows: async () => "now" as const };
  const outboxes = { results: into(reports), chunks: into(reissued) };
  const ports = { store, clock, kernels, jobs, signal, spending, ...outboxes };
  const { retry } = await work(message, delivery, ports);
  return { reports, reissued, retry };
}
