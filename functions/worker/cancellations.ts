import type { Clock } from "../../shared/ports/clock.ts";
import type { StoreReader } from "../../shared/ports/store.ts";
import { isCancelled } from "../../shared/record/control.ts";

/** The longest time that an environment works on after a cancellation, beside the messages in work. */
const FRESH_MS = 1_000;

interface Round {
  readonly jobId: string;
  readonly round: number;
}

/** Whether rounds are cancelled, as one environment knows it: what it heard counts for a second, so that brief messages do not cost a GET each. */
export class Cancellations {
  readonly #store: Pick<StoreReader, "get">;
  readonly #clock: Pick<Clock, "monotonicMs">;
  #latest: (Round & { readonly askedMs: number; readonly answer: boolean }) | undefined;

  constructor(store: Pick<StoreReader, "get">, clock: Pick<Clock, "monotonicMs">) {
    this.#store = store;
    this.#clock = clock;
  }

  async include({ jobId, round }: Round): Promise<boolean> {
    const askedMs = this.#clock.monotonicMs();
    const latest = this.#latest;
    if (latest?.jobId === jobId && latest.round === round && askedMs - latest.askedMs < FRESH_MS)
      return latest.answer;
    const answer = await isCancelled(this.#store, { jobId, round });
    this.#latest = { jobId, round, askedMs, answer };
    return answer;
  }
}
