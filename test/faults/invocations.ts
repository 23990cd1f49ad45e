/** The functions of one scenario while they run; none may end but as planned. */
import type { SQSEvent } from "aws-lambda";
import { SlotDiedError, type SlotPool } from "../../client/local/slots.ts";
import type { Delivery, Scene, Slot } from "./scene.ts";

export interface Expectations {
  readonly delivery?: Delivery;
  /** Called as a slot is about to be given the event. */
  readonly onBegin?: (slot: Slot) => void;
  /** True where the slot cannot but die of it. */
  readonly isDeadly?: boolean;
}

export class Invocations {
  readonly #scene: Scene;
  readonly #onSilentDeath: () => void;
  readonly #known = new Map<unknown, Expectations & { slot?: Slot }>();

  /** `onSilentDeath` is told, at once, of each slot that ended before it came to the gate of the job's limit. */
  constructor(scene: Scene, onSilentDeath: () => void = () => {}) {
    this.#scene = scene;
    this.#onSilentDeath = onSilentDeath;
  }

  /** Functions that run, by their slots as far as they have one. */
  get running(): string[] {
    return [...this.#known.values()].map(({ slot }) => slot?.name ?? "a function without a slot");
  }

  /** To be told by the pools. */
  begin(slot: Slot, event: unknown): void {
    const known = this.#known.get(event);
    if (!known) return;
    known.slot = slot;
    this.#scene.given(slot);
    if (known.delivery) this.#scene.began(slot, known.delivery);
    known.onBegin?.(slot);
  }

  async invoke(pool: SlotPool, event: SQSEvent, expectations: Expectations = {}): Promise<unknown> {
    const { delivery, isDeadly = false } = expectations;
    const startedMs = performance.now();
    this.#known.set(event, { ...expectations });
    try {
      const answer = await pool.invoke(event);
      if (isDeadly) this.#scene.problem(`a slot survived: ${delivery?.fault?.kind}`);
      return answer;
    } catch (error) {
      const slot = this.#known.get(event)?.slot;
      if (!slot || (error instanceof SlotDiedError && this.#scene.isSilent(slot))) this.#onSilentDeath();
      const isMeant = isDeadly || this.#scene.isDoomed(slot);
      const afterMs = Math.round(performance.now() - startedMs);
      if (!(error instanceof SlotDiedError && isMeant))
        this.#scene.problem(`a function failed after ${afterMs} ms: ${error}`);
      throw error;
    } finally {
      if (delivery) delivery.isOver = true;
      this.#known.delete(event);
    }
  }
}
