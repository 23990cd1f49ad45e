/** Jobs that run: promises of their results that can be looped over meanwhile. */
import type { Begun, OnBegin, Outcome } from "./compute.ts";
import { runningItems } from "./mapped-items.ts";
import type { Job, JobProgress, MapJob, MappedItem, MapResult } from "./results.ts";

/** A failure rejects the promise and ends the loops; a caller who only loops has heard of it there. */
class Running<Result> implements Promise<Result> {
  readonly #outcome: Promise<Outcome>;
  readonly #ended: Promise<Result>;
  #begun: Begun | undefined;
  #changes = 0;
  #isOver = false;
  #next = Promise.withResolvers<void>();

  constructor(work: (onBegin: OnBegin) => Promise<Outcome>, resultOf: (outcome: Outcome) => Result) {
    const startedMs = performance.now();
    this.#outcome = work((begun) => {
      this.#begun = begun;
      begun.progress.onChange = () => this.#changed();
      this.#changed();
    })
      .then((outcome) => since(startedMs, outcome))
      .finally(() => {
        this.#isOver = true;
        this.#changed();
      });
    this.#ended = this.#outcome.then(resultOf);
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<Done = Result, Failed = never>(
    onDone?: ((result: Result) => Done | PromiseLike<Done>) | null,
    onFailed?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Done | Failed> {
    return this.#ended.then(onDone, onFailed);
  }

  catch<Failed = never>(
    onFailed?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Result | Failed> {
    return this.#ended.catch(onFailed);
  }

  finally(onOver?: (() => void) | null): Promise<Result> {
    return this.#ended.finally(onOver);
  }

  readonly [Symbol.toStringTag]: string = "Job";

  /** The rejection is told by a loop. */
  heard(): void {
    this.#ended.catch(() => {});
  }

  get outcome(): Promise<Outcome> {
    return this.#outcome;
  }

  /** Absent until its folder is claimed, or its deployment asked. */
  get begun(): Begun | undefined {
    return this.#begun;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** One more with each change: of its progress, when it begins, when it ends. */
  get changes(): number {
    return this.#changes;
  }

  /** Resolves after the next change, and at once where the job is over. */
  async changed(): Promise<void> {
    if (!this.#isOver) await this.#next.promise;
  }

  #changed(): void {
    this.#changes++;
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}

/** Engines count from the start of the process, which a command is. */
function since(startedMs: number, outcome: Outcome): Outcome {
  const { phasesMs } = outcome;
  return { ...outcome, phasesMs: { ...phasesMs, startUp: phasesMs.startUp - startedMs } };
}

export class RunningJob<Result> extends Running<Result> implements Job<Result> {
  [Symbol.asyncIterator](): AsyncGenerator<JobProgress, void, undefined> {
    this.heard();
    return this.#watch();
  }

  async *#watch(): AsyncGenerator<JobProgress, void, undefined> {
    for (let seen = 0; ; ) {
      const isLast = this.isOver;
      if (this.begun && this.changes > seen) {
        seen = this.changes;
        yield this.begun.progress.snapshot();
        // While the caller was at it more may have come, and the end.
        if (!isLast) continue;
      }
      if (isLast) break;
      await this.changed();
    }
    await this.outcome;
  }
}

export class RunningMap<Value> extends Running<MapResult> implements MapJob<Value> {
  [Symbol.asyncIterator](): AsyncGenerator<MappedItem<Value>, void, undefined> {
    this.heard();
    return runningItems(this) as AsyncGenerator<MappedItem<Value>, void, undefined>;
  }
}
