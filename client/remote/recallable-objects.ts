import type { Put, Store } from "../../shared/ports/store.ts";
import { ManyhandsError } from "../../shared/validation/errors.ts";
import type { Remote } from "./remote.ts";

class CalledOffError extends ManyhandsError {
  override readonly name = "CalledOffError";
  readonly permanent = true;
}

/** Stores objects for a job that is about to be submitted, by the caller's own rights, and takes them back. */
export class RecallableObjects implements Pick<Store, "get" | "putIfAbsent"> {
  readonly #remote: Pick<Remote, "store" | "mayPass">;
  readonly #stored = new Set<string>();
  readonly #underWay = new Set<Promise<Put>>();
  #takenBack: Promise<void> | undefined;

  constructor(remote: Pick<Remote, "store" | "mayPass">) {
    this.#remote = remote;
  }

  get(key: string, mostBytes?: number): Promise<Uint8Array | undefined> {
    return this.#remote.store.get(key, mostBytes);
  }

  /** Throws CalledOffError once `takeBack` was called. */
  async putIfAbsent(key: string, bytes: Uint8Array): Promise<Put> {
    if (this.#takenBack !== undefined) throw new CalledOffError("The upload was called off.");
    const put = this.#put(key, bytes);
    this.#underWay.add(put);
    try {
      return await put;
    } finally {
      this.#underWay.delete(put);
    }
  }

  async #put(key: string, bytes: Uint8Array): Promise<Put> {
    const outcome = await this.#remote.store.putIfAbsent(key, bytes);
    if (outcome === "stored") this.#stored.add(key);
    return outcome;
  }

  /** Removes what it stored itself, as far as it may: for a job that was not submitted. It stores nothing from then on. */
  takeBack(): Promise<void> {
    this.#takenBack ??= this.#remove();
    return this.#takenBack;
  }

  async #remove(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    for (const key of this.#stored) {
      try {
        await this.#remote.store.remove([key], "the job");
      } catch (error) {
        if (this.#remote.mayPass(error)) return; // out of reach, and so are the others
      }
    }
  }
}
