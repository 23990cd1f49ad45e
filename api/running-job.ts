import type { Begun } from "./compute.ts";
import type { Job, JobProgress } from "./results.ts";

/** Receives the job once it begins. */
export type OnBegin = (begun: Begun) => void;

/**
 * A job that runs: a promise of its result, and its progress as it comes. A failure rejects both; a caller who only loops over the progress
 * has heard of it there.
 */
export class RunningJob<Result> implements Job<Result> {
  readonly #ended: Promise<Result>;
  #begun: Begun | undefined;
  #changes = 0;
  #isOver = false;
  #next = Promise.withResolvers<void>();

  constructor(work: (onBegin: OnBegin) => Promise<Result>) {
    const over = () => {
      this.#isOver = true;
      this.#changed();
    };
    this.#ended = work((begun) => {
      this.#begun = begun;
      begun.progress.onChange = () => this.#changed();
      this.#changed();
    }).finally(over);
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

  readonly [Symbol.toStringTag] = "Job";

  [Symbol.asyncIterator](): AsyncGenerator<JobProgress, void, undefined> {
    this.heard();
    return this.#watch();
  }

  /** The rejection is told otherwise than by the promise. */
  heard(): void {
    this.#ended.catch(() => {});
  }

  /** Resolves after the next change, and once the job has ended. */
  async changed(): Promise<void> {
    if (!this.#isOver) await this.#next.promise;
  }

  get begun(): Begun | undefined {
    return this.#begun;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async *#watch(): AsyncGenerator<JobProgress, void, undefined> {
    for (let seen = 0; ; ) {
      const isLast = this.#isOver;
      if (this.#begun && this.#changes > seen) {
        seen = this.#changes;
        yield this.#begun.progress.snapshot();
        // While the caller was at it more may have come, and the end.
        if (!isLast) continue;
      }
      if (isLast) break;
      await this.changed();
    }
    await this.#ended;
  }

  #changed(): void {
    this.#changes++;
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}
