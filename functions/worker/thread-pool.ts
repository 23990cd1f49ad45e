import type { Transferable, Worker } from "node:worker_threads";
import { describeError, ManyhandsError } from "../../shared/validation/errors.ts";

/** A thread ended before it answered: its code threw, exited or ran out of memory. */
export class ThreadDiedError extends ManyhandsError {
  override readonly name = "ThreadDiedError";
  readonly permanent = false;
  readonly why: string;

  constructor(why: string) {
    super(`Expected the thread to answer, it ended with ${why}.`);
    this.why = why;
  }
}

/** Threads that answer one task at a time each, started when first needed. One that died is replaced by the next task. */
export class ThreadPool<Task, Result> {
  /** Tasks at the same time. */
  readonly size: number;
  readonly #start: () => Worker;
  readonly #idle: Thread<Task, Result>[] = [];
  readonly #all = new Set<Thread<Task, Result>>();
  readonly #waiting: (() => void)[] = [];
  #closed = false;
  #isUp = false;

  constructor(size: number, start: () => Worker) {
    this.size = size;
    this.#start = start;
  }

  /** Starts every thread before it is needed. */
  warm(): void {
    while (!this.#closed && this.#all.size < this.size) this.#idle.push(this.#add());
  }

  /** Whether a thread has come up: until then a task waits for its own. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Waits for a free thread, and for its answer. Throws ThreadDiedError. */
  async run(task: Task): Promise<Result> {
    const thread = await this.#take();
    try {
      return await thread.ask(task);
    } finally {
      if (thread.alive) this.#idle.push(thread);
      else this.#all.delete(thread);
      this.#waiting.shift()?.();
    }
  }

  /** Ends every thread at once, whatever it is doing. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#all].map((thread) => thread.end()));
  }

  async #take(): Promise<Thread<Task, Result>> {
    for (;;) {
      if (this.#closed) throw new ThreadDiedError("the pool");
      const thread = this.#idle.pop();
      if (thread?.alive) return thread;
      if (thread) this.#all.delete(thread);
      else if (this.#all.size < this.size) return this.#add();
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #add(): Thread<Task, Result> {
    const worker = this.#start();
    worker.once("online", () => {
      this.#isUp = true;
    });
    const thread = new Thread<Task, Result>(worker);
    this.#all.add(thread);
    return thread;
  }
}

class Thread<Task, Result> {
  readonly #worker: Worker;
  #pending: { resolve(result: Result): void; reject(error: Error): void } | undefined;
  #death: ThreadDiedError | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    let thrown: string | undefined;
    worker.on("message", (result: Result) => this.#pending?.resolve(result));
    worker.on("error", (error) => {
      thrown = describeError(error); // the exit follows
    });
    worker.on("exit", (code) => {
      this.#death = new ThreadDiedError(thrown ?? `exit code ${code}`);
      this.#pending?.reject(this.#death);
    });
  }

  get alive(): boolean {
    return !this.#death;
  }

  ask(task: Task): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      if (this.#death) reject(this.#death);
      else this.#worker.postMessage(task);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** An answer, and which of its buffers are handed over instead of copied. */
export interface Answer<Result> {
  readonly result: Result;
  readonly transfer?: readonly Transferable[];
}

/** What a thread of a ThreadPool runs. If `answer` throws the thread dies of it. */
export function serveTasks<Task, Result>(
  answer: (task: Task) => Answer<Result> | Promise<Answer<Result>>,
): void {
  const { parentPort } = process.getBuiltinModule("node:worker_threads"); // only in threads, see chunk-threads.ts
  parentPort?.on("message", async (task: Task) => {
    const { result, transfer = [] } = await answer(task);
    parentPort.postMessage(result, transfer);
  });
}
