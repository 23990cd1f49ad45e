import { type Delivery, work } from "../../functions/worker/work.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import type { ChunkMessage } from "../../shared/messages/chunk-message.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Queue } from "../../shared/ports/queue.ts";
import type { Store } from "../../shared/ports/store.ts";

/**
 * The messages that a delivery sent, for the caller, which plays the queues, and whether the message must come again.
 */
export interface Delivered {
  readonly reports: string[];
  readonly reissued: string[];
  readonly retry: boolean;
}

/** Runs the worker stage on one message without queues. */
export async function deliver(
  message: ChunkMessage,
  delivery: Delivery,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<Delivered> {
  const reports: string[] = [];
  const reissued: string[] = [];
  const into = (bodies: string[]): Queue => ({ send: async (sent) => bodies.push(...sent) });
  const ports = {
    ...{ store, clock },
    results: into(reports),
    chunks: into(reissued),
    kernels: KERNELS,
  };
  const { retry } = await work(message, delivery, ports);
  return { reports, reissued, retry };
}
