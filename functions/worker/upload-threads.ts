/** Threads that compute with uploaded kernels: whatever such code does, it costs its chunk and not the environment's other jobs. */
import type { MapItems } from "../../shared/kernels/loaded.ts";
import type { UploadThread } from "../../shared/kernels/loader.ts";
import type { Upload } from "../../shared/kernels/uploads.ts";
import type { ReportedJob } from "../../shared/record/stored-chunk.ts";
import { KernelError, ManyhandsError } from "../../shared/validation/errors.ts";
import { type ChunkResult, errorOf, type MapResult, type MapTask } from "./chunk-threads.ts";
import type { ComputedChunk } from "./compute.ts";
import { ThreadDiedError, ThreadPool } from "./thread-pool.ts";

export interface UploadThreadsOptions {
  /** Threads of one kernel. */
  readonly size: number;
  /** The text of a thread's program, which calls `serveUpload`. */
  readonly program: string;
  /** Where what loads artifacts lies. */
  readonly files: string;
  /** The environment's memory (MB). */
  readonly memoryMb: number;
}

/** A chunk, and its job as JSON: the thread parses that once, and what follows from a job it then knows for the next chunk. */
export interface UploadTask {
  readonly job: string;
  readonly chunk: number;
}

/** Kernels whose threads are kept for the next message. */
const KEPT = 2;
/** Shares of the environment's memory: what JavaScript's heap may take, and what all may take together. */
const HEAP_SHARE = 0.6;
const MEMORY_SHARE = 0.9;
const LOOK_MS = 100;
/** What is left to store and report after a thread is ended: a fraction of the time where that is short. */
const MOST_RESERVED_MS = 3_000;
const RESERVED_SHARE = 1 / 4;

/** The longest that a timer takes. */
const MOST_MS = 2 ** 31 - 1;

/** How long a thread may compute in a message that has this time left. */
const allowedMs = (remainingMs: number): number =>
  Math.min(MOST_MS, Math.max(0, remainingMs - Math.min(MOST_RESERVED_MS, RESERVED_SHARE * remainingMs)));

/** The thread was ended because its message's time was over. */
export class OutOfTimeError extends ManyhandsError {
  override readonly name = "OutOfTimeError";
  readonly permanent = false;
}

type Pool = ThreadPool<UploadTask | MapTask, ChunkResult | MapResult>;
type Until = () => number;

/** The threads of one environment. */
export class UploadThreads {
  readonly #options: UploadThreadsOptions;
  readonly #pools = new Map<string, Pool>();
  /** Why those were ended that were. */
  readonly #ended = new WeakMap<Pool, ManyhandsError>();

  readonly #texts = new WeakMap<ReportedJob, string>();

  constructor(options: UploadThreadsOptions) {
    this.#options = options;
  }

  /** Chunks at the same time. */
  get size(): number {
    return this.#options.size;
  }

  /**
   * Throws KernelError for what the kernel threw and for a thread that it ended or whose memory it filled, and OutOfTimeError where it did
   * not end within what the message has left.
   */
  async compute(upload: Upload, job: ReportedJob, chunk: number, remainingMs: Until): Promise<ComputedChunk> {
    const result = await this.#ask(upload, { job: this.#textOf(job), chunk }, remainingMs);
    if ("computed" in result) return result.computed;
    throw "failed" in result ? errorOf(result.failed) : new KernelError("Expected a chunk, got items.");
  }

  #textOf(job: ReportedJob): string {
    const text = this.#texts.get(job) ?? JSON.stringify(job);
    this.#texts.set(job, text);
    return text;
  }

  /** A task's `map`, in such a thread. It rejects as `compute` does. */
  mapOf(upload: Upload, remainingMs: Until): MapItems {
    return async (items, { mayBegin, signal, ...run }) => {
      const over = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
      const look = async () => {
        if (!(await mayBegin())) Atomics.store(new Int32Array(over), 0, 1);
      };
      await look();
      const looking = setInterval(() => void look(), 1000);
      try {
        const kernel = { name: upload.name, hash: upload.hash };
        const result = await this.#ask(upload, { kernel, items, run, over }, remainingMs);
        if ("mapped" in result) return result.mapped;
        throw "failed" in result ? errorOf(result.failed) : new KernelError("Expected items, got a chunk.");
      } finally {
        clearInterval(looking);
      }
    };
  }

  async #ask(upload: Upload, task: UploadTask | MapTask, remainingMs: Until) {
    const { memoryMb } = this.#options;
    const pool = this.#poolOf(upload);
    const end = (reason: ManyhandsError) => {
      if (!this.#ended.has(pool)) this.#ended.set(pool, reason);
      this.#pools.delete(upload.hash);
      void pool.close();
    };
    const late = setTimeout(
      () => end(new OutOfTimeError("The kernel did not end within its message's time.")),
      allowedMs(remainingMs()),
    );
    const looking = setInterval(() => {
      if (process.memoryUsage.rss() < MEMORY_SHARE * memoryMb * 2 ** 20) return;
      end(new KernelError(`The kernel took more memory than its worker has (${memoryMb} MB).`));
    }, LOOK_MS);
    try {
      return await pool.run(task);
    } catch (error) {
      const reason = this.#ended.get(pool);
      if (reason) throw reason;
      if (!(error instanceof ThreadDiedError)) throw error;
      throw new KernelError(`The kernel ended its thread: ${error.why}.`, { cause: error });
    } finally {
      clearTimeout(late);
      clearInterval(looking);
    }
  }

  /** The kernel's threads. Those of the kernel that was not asked for longest are ended. */
  #poolOf(upload: Upload): Pool {
    const pool = this.#pools.get(upload.hash) ?? this.#start(upload);
    this.#pools.delete(upload.hash);
    this.#pools.set(upload.hash, pool);
    const [[oldest, its] = []] = this.#pools;
    if (this.#pools.size > KEPT && oldest !== undefined) {
      this.#pools.delete(oldest);
      void its?.close();
    }
    return pool;
  }

  #start(upload: Upload): Pool {
    const { size, program, files, memoryMb } = this.#options;
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const workerData: UploadThread = { upload, files };
    return new ThreadPool(
      size,
      () =>
        new Worker(program, {
          ...{ eval: true, argv: [], execArgv: [], env: {}, workerData },
          resourceLimits: { maxOldGenerationSizeMb: Math.floor(HEAP_SHARE * memoryMb) },
        }),
    );
  }
}
