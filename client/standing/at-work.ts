import type { Received } from "../../shared/ports/queue.ts";

/** A message at work: of which job, how many chunks, and for how long. */
export interface Occupation {
  readonly jobId: string;
  readonly chunks: number;
  readonly sinceMs: number;
}

/** What a machine's workers are at. */
export class AtWork {
  readonly #messages = new Map<string, { readonly body: string; readonly beganMs: number }>();

  began(messages: readonly Received[]): void {
    for (const { id, body } of messages) this.#messages.set(id, { body, beganMs: performance.now() });
  }

  ended(messages: readonly Received[]): void {
    for (const { id } of messages) this.#messages.delete(id);
  }

  /** The longest first. */
  get now(): readonly Occupation[] {
    return [...this.#messages.values()].flatMap(({ body, beganMs }) => {
      const { jobId, chunks } = readable(body);
      const sinceMs = Math.round(performance.now() - beganMs);
      return jobId === undefined ? [] : [{ jobId, chunks: chunks?.length ?? 0, sinceMs }];
    });
  }
}

/** Any version has these; a text that is no message has none. */
function readable(body: string): { readonly jobId?: string; readonly chunks?: readonly number[] } {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}
