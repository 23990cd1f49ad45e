/**
 * What a thread of a worker runs: it computes and encodes chunks, and hands the bytes over. The handler imports this
 * first, and a thread is started from the handler's bundle: here it goes no further, since what comes after speaks
 * to AWS and would take 30 ms. (Loading that on request instead makes esbuild wrap every module of the bundle in a
 * function: 6 ms of each cold start, threads or not.)
 */

import { kernelsInThread } from "../../shared/kernels/in-thread.ts";
import type { ThreadKernels } from "../../shared/kernels/loader.ts";
import { THREAD_ARGUMENT, ThreadIsUpError } from "./chunk-threads.ts";
import { serveChunks } from "./serve-chunks.ts";

if (process.argv.at(-1) === THREAD_ARGUMENT) {
  const { workerData } = process.getBuiltinModule("node:worker_threads"); // only in threads, see chunk-threads.ts
  serveChunks(kernelsInThread(workerData as ThreadKernels));
  throw new ThreadIsUpError();
}
