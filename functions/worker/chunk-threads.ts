import type { MapItems, MapRun } from "../../shared/kernels/loaded.ts";
import type { KernelName, ThreadKernels } from "../../shared/kernels/loader.ts";
import { threadsPay } from "../../shared/plan/threads-pay.ts";
import type { ReportedJob } from "../../shared/record/stored-chunk.ts";
import { KernelError, ManyhandsError } from "../../shared/validation/errors.ts";
import type { ComputedChunk } from "./compute.ts";
import { ThreadPool } from "./thread-pool.ts";

/** A thread is started with this argument. */
export const THREAD_ARGUMENT = "chunk-thread";

/** Not a failure: a thread has loaded what it needs of the bundle, see chunk-thread.ts. */
export class ThreadIsUpError extends ManyhandsError {
  override readonly name = "ThreadIsUpError";
  readonly permanent = false;
}

/** Computes chunks side by side. */
export interface ChunkThreads {
  /** Chunks at the same time. */
  readonly size: number;
  /** Whether threads pay for a message with this estimate on one thread; once they run they cost nothing more. */
  pay(estimatedMs?: number): boolean;
  /** Tells what was computed without them although they could have shared it. */
  missed(computeMs: number): void;
  /** Throws ThreadDiedError, and for what `computeChunk` threw KernelError or FailedInThreadError. */
  compute(job: ReportedJob, chunk: number): Promise<ComputedChunk>;
}

export interface ChunkTask {
  readonly job: ReportedJob;
  readonly chunk: number;
}

/** Items of a shard, for an uploaded task. */
export interface MapTask {
  readonly kernel: KernelName;
  readonly items: readonly string[];
  readonly run: Omit<MapRun, "mayBegin" | "signal">;
  /** Not 0 in its first 32 bits once no further item may begin. */
  readonly over: SharedArrayBuffer;
}

export type MapResult =
  | { readonly mapped: Awaited<ReturnType<MapItems>> }
  | { readonly failed: FailureInThread };

export type ChunkResult = { readonly computed: ComputedChunk } | { readonly failed: FailureInThread };

/** What a thread tells of an error; classes do not cross its border. */
export interface FailureInThread {
  readonly error: string;
  readonly permanent: boolean;
  /** True where the kernel threw it. */
  readonly isKernels: boolean;
}

/** An error of a thread, which comes without its class. */
export class FailedInThreadError extends ManyhandsError {
  override readonly name = "FailedInThreadError";
  readonly permanent: boolean;

  constructor({ error, permanent }: FailureInThread) {
    super(error);
    this.permanent = permanent;
  }
}

/** The threads of a worker whose bundle is `file`, started when they are first needed, with what `kernels` then gives. */
export function chunkThreads(size: number, file: string, kernels: () => ThreadKernels): ChunkThreads {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const up = new ThreadIsUpError().name;
  const program = `try { require(${JSON.stringify(file)}) } catch (error) { if (error?.name !== "${up}") throw error }`;
  const start = () => new Worker(program, { eval: true, argv: [THREAD_ARGUMENT], workerData: kernels() });
  const pool = new ThreadPool<ChunkTask, ChunkResult>(size, start);
  let started = false;
  let missedMs = 0;
  return {
    size,
    pay: (estimatedMs = 0) => started || threadsPay({ estimatedMs, missedMs }, size),
    missed(computeMs) {
      missedMs += computeMs;
    },
    async compute({ spec, output, declaration }, chunk) {
      started = true;
      const result = await pool.run({
        job: { spec, output, ...(declaration?.onError && { declaration }) },
        chunk,
      });
      if ("computed" in result) return result.computed;
      throw errorOf(result.failed);
    },
  };
}

/** What a thread told, as the error that it was: of the kernel, or another one. */
export const errorOf = (failed: FailureInThread): ManyhandsError =>
  failed.isKernels ? new KernelError(failed.error) : new FailedInThreadError(failed);
